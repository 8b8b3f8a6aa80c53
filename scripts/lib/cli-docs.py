# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""cli-docs.py [--check] PROGRAM FOLDER: writes the reference of the command line, one page for each of its commands,
from what the program says of itself. With --check it writes nothing and fails when a page is not current."""

import json
import pathlib
import subprocess
import sys

NOTE = "<!-- Made by scripts/docs from the definitions of the commands: change those, not this page. -->\n"


def describe(program):
    answer = subprocess.run([program, "--experimental-dump-help"], capture_output=True, check=True)
    return json.loads(answer.stdout)["command"]


def names(argument):
    value = argument.get("valueName", "value")
    if argument["kind"] == "positional":
        shown = f"<{value}>" + ("…" if argument["isRepeating"] else "")
        return [shown]
    spelled = []
    for name in sorted(argument["names"], key=lambda name: name["kind"] != "short"):
        dash = "-" if name["kind"] == "short" else "--"
        spelled.append(dash + name["name"])
    if argument["kind"] == "option":
        spelled[-1] += f" <{value}>"
    return spelled


def is_shown(argument):
    return argument["shouldDisplay"] and not (argument["kind"] == "flag" and argument["preferredName"]["name"] in ("help", "version"))


def escape(text):
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def meaning(argument):
    words = [argument.get("abstract", ""), argument.get("discussion", "")]
    values = argument.get("allValues") or []
    if values and not all(value in words[0] for value in values):
        words.append("One of " + ", ".join(values) + ".")
    if "defaultValue" in argument and not words[1].startswith("Default") and argument["defaultValue"] != "":
        words.append(f"Default: {argument['defaultValue']}.")
    return escape(" ".join(word for word in words if word))


def table(command):
    lines = []
    groups = {}
    for argument in command.get("arguments", []):
        if is_shown(argument):
            groups.setdefault(argument.get("sectionTitle") or "", []).append(argument)
    for title, arguments in groups.items():
        lines += [f"\n| {title.lower() or 'argument or flag'} | |", "|---|---|"]
        for argument in arguments:
            spelled = ", ".join(f"`{name}`" for name in names(argument))
            lines.append(f"| {spelled} | {meaning(argument)} |")
    return lines


def usage(command, path):
    words = [path]
    for argument in command.get("arguments", []):
        if argument["kind"] == "positional" and is_shown(argument):
            word = names(argument)[0]
            words.append(f"[{word}]" if argument["isOptional"] else word)
    if any(is_shown(argument) and argument["kind"] != "positional" for argument in command.get("arguments", [])):
        words.append("[flags]")
    return " ".join(words)


def section(command, path, level):
    children = [child for child in command.get("subcommands", []) if child["commandName"] != "help" and child.get("shouldDisplay", True)]
    lines = [f"\n{'#' * level} {path}\n", command.get("abstract", "")]
    aliases = command.get("aliases") or []
    if aliases:
        lines.append("\nAlso: " + ", ".join(f"`{alias}`" for alias in aliases) + ".")
    if not children:
        lines += ["\n```", usage(command, path), "```"]
    if command.get("discussion"):
        lines += ["\n```text", command["discussion"].strip(), "```"]
    if not children:
        lines += table(command)
    for child in children:
        lines += section(child, f"{path} {child['commandName']}", level + 1)
    return lines


def pages(root):
    name = root["commandName"]
    commands = [child for child in root["subcommands"] if child["commandName"] != "help" and child.get("shouldDisplay", True)]
    index = [NOTE + f"# {name}\n", root["abstract"], "\n| command | |", "|---|---|"]
    result = {}
    for command in commands:
        page = f"{command['commandName']}.md"
        index.append(f"| [`{command['commandName']}`]({page}) | {escape(command.get('abstract', ''))} |")
        body = "\n".join(section(command, f"{name} {command['commandName']}", 1)).strip()
        result[page] = NOTE + body + "\n"
    index += ["", *(root.get("discussion") or "").split("\n")]
    index += table(root)
    result["README.md"] = "\n".join(index).rstrip() + "\n"
    return result


def main(arguments):
    check = "--check" in arguments
    program, folder = [argument for argument in arguments if argument != "--check"]
    folder = pathlib.Path(folder)
    wanted = pages(describe(program))
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    if check:
        stale = sorted(name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))
        if stale:
            sys.exit(f"not current: {', '.join(stale)}; run scripts/docs")
        return
    folder.mkdir(parents=True, exist_ok=True)
    for name in present.keys() - wanted.keys():
        (folder / name).unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
