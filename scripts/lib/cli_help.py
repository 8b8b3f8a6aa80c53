# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""What the command line says of itself."""

import json
import subprocess


def describe(program):
    answer = subprocess.run([program, "--experimental-dump-help"], capture_output=True, check=True)
    return json.loads(answer.stdout)["command"]


def children(command):
    return [child for child in command.get("subcommands", []) if child["commandName"] != "help" and child.get("shouldDisplay", True)]


def arguments(command):
    return [argument for argument in command.get("arguments", []) if is_shown(argument)]


def groups(command):
    """The arguments by the title that they stand under."""
    titles = {}
    for argument in arguments(command):
        titles.setdefault(argument.get("sectionTitle") or "", []).append(argument)
    return titles


def names(argument):
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        return [f"<{value}>" + ("…" if argument["isRepeating"] else "")]
    spelled = []
    for name in sorted(argument["names"], key=lambda name: name["kind"] != "short"):
        dash = "-" if name["kind"] == "short" else "--"
        spelled.append(dash + name["name"])
    if argument["kind"] == "option":
        spelled[-1] += f" <{value}>"
    return spelled


def is_shown(argument):
    return argument["shouldDisplay"] and not (argument["kind"] == "flag" and argument["preferredName"]["name"] in ("help", "version"))


def meaning(argument):
    words = [argument.get("abstract", ""), argument.get("discussion", "")]
    values = argument.get("allValues") or []
    if values and not all(value in words[0] for value in values):
        words.append("One of " + ", ".join(values) + ".")
    default = argument.get("defaultValue", "")
    if default == "true":
        # It goes for `--enabled` without a value, not for a command line without the flag.
        words.append("Without a value: true.")
    elif default != "" and not words[1].startswith("Default"):
        words.append(f"Default: {default}.")
    return " ".join(word for word in words if word)


def usage(command, path):
    words = [path]
    for argument in arguments(command):
        if argument["kind"] == "positional":
            word = names(argument)[0]
            words.append(f"[{word}]" if argument["isOptional"] else word)
    if any(argument["kind"] != "positional" for argument in arguments(command)):
        words.append("[flags]")
    return " ".join(words)
