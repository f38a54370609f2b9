"""Prints what `ansible-inventory` prints, for many inventories in one process.

Reads one JSON list of arguments a line, with the working folder first; answers each with one line of JSON:
{"out": text, "code": exit code}. Each runs in a fork, because Ansible keeps state between runs.
"""
import json
import os
import sys

import ansible.cli.inventory as inventory  # noqa: E402  (imported once, before the forks)
import ansible.template  # noqa: F401
import ansible.vars.manager  # noqa: F401


def run(folder, arguments):
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.dup2(writing, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.chdir(folder)
        code = 250
        try:
            inventory.InventoryCLI(["ansible-inventory"] + arguments).run()
        except SystemExit as error:
            code = error.code
        except BaseException:
            code = 1
        sys.stdout.flush()
        os._exit(code or 0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        out = pipe.read()
    _, status = os.waitpid(child, 0)
    return {"out": out.decode("utf-8"), "code": os.waitstatus_to_exitcode(status)}


for line in sys.stdin:
    folder, *arguments = json.loads(line)
    print(json.dumps(run(folder, arguments)), flush=True)
