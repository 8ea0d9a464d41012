"""A script's text → its statements; variables put in, as Hive does just before it runs each."""
import re

_VARIABLE = re.compile(r"\$\{(?:(hivevar|hiveconf|system|env|sys):)?([^}\s]+)\}")
NESTED_VARIABLES_MAX = 40  # as hive.variable.substitute.depth


def split_statements(text):
    """Statements without their semicolons, without comments at their beginning; empty ones left out.

    A semicolon counts neither in quotes nor in comments. Hive's `--` begins a comment anywhere outside quotes.
    """
    statements, begin, i, quote = [], 0, 0, ""
    while i < len(text):
        char = text[i]
        if quote:
            if char == "\\" and quote != "`":
                i += 1
            elif char == quote:
                quote = ""
        elif char in "'\"`":
            quote = char
        elif text.startswith("--", i):
            i = _end(text, "\n", i)
        elif text.startswith("/*", i):
            i = _end(text, "*/", i)
        elif char == ";":
            statements.append(text[begin:i])
            begin = i + 1
        i += 1
    statements.append(text[begin:])
    return [statement for statement in map(_strip_comments, statements) if statement]


def _end(text, mark, at):
    found = text.find(mark, at)
    return len(text) if found < 0 else found + len(mark) - 1


def _strip_comments(statement):
    """White space and comments at both ends of a statement are no part of it."""
    statement = statement.strip()
    while True:
        if statement.startswith("--"):
            statement = statement.partition("\n")[2].strip()
        elif statement.startswith("/*") and not statement.startswith("/*+"):
            statement = statement.partition("*/")[2].strip()
        else:
            return statement


class Variables:
    """hivevar and hiveconf, with what `SET` shows. Names are as written."""

    def __init__(self):
        self.hivevar, self.hiveconf = {}, {}

    def assign(self, name, value):
        space, _, rest = name.partition(":")
        if space == "hivevar":
            self.hivevar[rest] = value
        elif space == "hiveconf":
            self.hiveconf[rest] = value
        else:
            self.hiveconf[name] = value

    def _value(self, space, name):
        if space in ("hiveconf", "system", "env", "sys"):
            return self.hiveconf.get(name)
        return self.hivevar.get(name, self.hiveconf.get(name) if space is None else None)

    def substitute(self, text):
        """Unknown variables stay as they are, as in Hive."""
        for _ in range(NESTED_VARIABLES_MAX):
            changed = _VARIABLE.sub(lambda match: self._replacement(match), text)
            if changed == text:
                return text
            text = changed
        return text

    def _replacement(self, match):
        value = self._value(match.group(1), match.group(2))
        return match.group(0) if value is None else value
