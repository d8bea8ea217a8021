"""The commands, a file each: HELP, `arguments(parser)` and `run(args) -> exit code`. Only the one that is asked for is imported."""
