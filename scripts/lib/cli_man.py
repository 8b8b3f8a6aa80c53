# SPDX-License-Identifier: Apache-2.0
# Part of Simple Scheduler.
"""The command line as manual pages (man(7)), one for the program and one for each of its commands."""

import cli_help

NOTE = '.\\" Made by scripts/docs from the definitions of the commands: change those, not this page.\n'


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("…", "...").replace("—", "\\(em")
    return text if text[:1] not in (".", "'") else "\\&" + text


def head(name, abstract):
    return [f'.TH {name.upper().replace("-", chr(92) + "-")} 1 "" "" "Simple Scheduler"', ".SH NAME",
            f"{escape(name)} \\- {escape(abstract.rstrip('.'))}"]


def discussion(command):
    """Paragraphs; what is indented stays as it is."""
    lines = []
    for paragraph in (command.get("discussion") or "").strip("\n").split("\n\n"):
        if paragraph.startswith("  "):
            lines += [".PP", ".RS 2", ".nf", *(escape(line.strip()) for line in paragraph.split("\n")), ".fi", ".RE"]
        elif paragraph:
            lines += [".PP", *(escape(line) for line in paragraph.split("\n"))]
    return lines


def flags(command, level):
    lines = []
    for title, arguments in cli_help.groups(command).items():
        lines += [f'{level} "{escape(title or "Arguments and flags")}"']
        for argument in arguments:
            lines += [".TP", "\\fB" + escape(", ".join(cli_help.names(argument))) + "\\fR", escape(cli_help.meaning(argument))]
    return lines


def section(command, path):
    inner = cli_help.children(command)
    if inner:
        return [line for child in inner for line in section(child, f"{path} {child['commandName']}")]
    lines = [f'.SH "{escape(path.upper())}"', escape(command.get("abstract", ""))]
    if command.get("aliases"):
        lines += [".PP", "Also: " + escape(", ".join(command["aliases"])) + "."]
    return lines + [".PP", "\\fB" + escape(cli_help.usage(command, path)) + "\\fR", *discussion(command), *flags(command, ".SS")]


def page(command, program):
    name = f"{program}-{command['commandName']}"
    path = f"{program} {command['commandName']}"
    lines = head(name, command.get("abstract", ""))
    if cli_help.children(command):
        if command.get("aliases"):
            lines += [".SH ALIASES", escape(", ".join(command["aliases"]))]
        lines += section(command, path)
    else:
        lines += [".SH SYNOPSIS", "\\fB" + escape(cli_help.usage(command, path)) + "\\fR"]
        if command.get("discussion"):
            lines += [".SH DESCRIPTION", *discussion(command)[1:]]
        lines += flags(command, ".SH")
    return lines + [".SH SEE ALSO", f"\\fB{escape(program)}\\fR(1)"]


def pages(root):
    """The pages by the names of their files."""
    program = root["commandName"]
    commands = cli_help.children(root)
    lines = head(program, root["abstract"]) + [".SH SYNOPSIS", f"\\fB{escape(program)}\\fR \\fIcommand\\fR [flags]"]
    lines += [".SH DESCRIPTION", *discussion(root)[1:], ".SH COMMANDS"]
    for command in commands:
        lines += [".TP", f"\\fB{escape(command['commandName'])}\\fR", escape(command.get("abstract", ""))]
    lines += flags(root, ".SH")
    also = ", ".join(f"\\fB{escape(program + '-' + command['commandName'])}\\fR(1)" for command in commands)
    result = {f"{program}.1": lines + [".SH SEE ALSO", also]}
    for command in commands:
        result[f"{program}-{command['commandName']}.1"] = page(command, program)
    return {name: NOTE + "\n".join(lines) + "\n" for name, lines in result.items()}
