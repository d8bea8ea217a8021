// Reads cases as JSON lines on stdin, {secret, headers, body}; answers each with "ok" or the library's reason, one line each.
const { Webhook } = require("standardwebhooks");

const verdict = ({ secret, headers, body }) => {
  try {
    const event = new Webhook(secret).verify(body, headers);
    return event && typeof event.type === "string" ? "ok" : "no event came back";
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};

const lines = require("fs").readFileSync(0, "utf8").split("\n").filter(Boolean);
for (const line of lines) console.log(verdict(JSON.parse(line)).replace(/\n/g, " "));
