# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""cli-docs.py [--check] PROGRAM DOCS: writes the reference of the command line, one page for each of its commands, as
DOCS/cli and as manual pages in DOCS/man, from what the program says of itself. With --check it writes nothing and fails
when a page is not current."""

import pathlib
import sys

sys.dont_write_bytecode = True  # the tree stays as it is

import cli_man
from cli_help import children, describe, groups, meaning, names, usage

NOTE = "<!-- Made by scripts/docs from the definitions of the commands: change those, not this page. -->\n"


def escape(text):
    return text.replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def table(command):
    lines = []
    for title, group in groups(command).items():
        lines += [f"\n| {title.lower() or 'argument or flag'} | |", "|---|---|"]
        for argument in group:
            spelled = ", ".join(f"`{name}`" for name in names(argument))
            lines.append(f"| {spelled} | {escape(meaning(argument))} |")
    return lines


def section(command, path, level):
    inner = children(command)
    lines = [f"\n{'#' * level} {path}\n", command.get("abstract", "")]
    aliases = command.get("aliases") or []
    if aliases:
        lines.append("\nAlso: " + ", ".join(f"`{alias}`" for alias in aliases) + ".")
    if not inner:
        lines += ["\n```", usage(command, path), "```"]
    if command.get("discussion"):
        lines += ["\n```text", command["discussion"].strip(), "```"]
    if not inner:
        lines += table(command)
    for child in inner:
        lines += section(child, f"{path} {child['commandName']}", level + 1)
    return lines


def pages(root):
    name = root["commandName"]
    commands = children(root)
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
    program, docs = [argument for argument in arguments if argument != "--check"]
    root = describe(program)
    stale = []
    for folder, wanted in (("cli", pages(root)), ("man", cli_man.pages(root))):
        folder = pathlib.Path(docs, folder)
        present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.*")}
        if check:
            stale += sorted(str(folder / name) for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name))
            continue
        folder.mkdir(parents=True, exist_ok=True)
        for name in present.keys() - wanted.keys():
            (folder / name).unlink()
        for name, text in wanted.items():
            (folder / name).write_text(text, encoding="utf-8")
    if stale:
        sys.exit(f"not current: {', '.join(stale)}; run scripts/docs")


if __name__ == "__main__":
    main(sys.argv[1:])
