// An independent Bot API server on the loopback port that is named; says "ready", and ends when its stdin does.
const TelegramServer = require("telegram-test-api");

const server = new TelegramServer({ port: Number(process.argv[2]), host: "127.0.0.1" });
server.start().then(() => console.log("ready"));
process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
