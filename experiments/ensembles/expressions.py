"""Expressions over indicators: the grammar of metrics and of stopping conditions.

    or-expression:  and-expression { "or" and-expression }
    and-expression: not-expression { "and" not-expression }
    not-expression: "not" not-expression | comparison
    comparison:     sum [ ("<" | "<=" | ">" | ">=" | "==" | "!=") sum ]
    sum:            product { ("+" | "-") product }
    product:        unary { ("*" | "/") unary }
    unary:          "-" unary | number | name | function "(" arguments ")" | "(" or-expression ")"

A name is `round`, an overall indicator (`tension`), or one of a negotiation (`us-iran.tension`). A hyphen before the
dot belongs to the name of the negotiation, so a minus sign in front of such a name needs a space. Python's `eval` is
not used: anything outside the grammar is refused, with its position.
"""

import math
import re
from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from experiments.ensembles.expression_functions import ROUND_FUNCTIONS, Kind, Step
from model.errors import InputError, ScenarioError
from model.measures import BY_NEGOTIATION, indicator_names

MAX_LENGTH, MAX_DEPTH = 1000, 50
TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z][A-Za-z0-9_-]*\.[A-Za-z_][A-Za-z0-9_]*|[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign><=|>=|==|!=|[-+*/<>(),]))",
    re.ASCII,
)
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")
PRECEDENCE = {"or": 1, "and": 2, **dict.fromkeys(COMPARISONS, 3), "+": 4, "-": 4, "*": 5, "/": 5}
FUNCTIONS = (*ROUND_FUNCTIONS, "abs")
WORDS = ("and", "or", "not")
HINTS = {"=": "; write == to compare", "&": "; write `and`", "|": "; write `or`", "!": "; write `not` or `!=`"}


class Extent(IntEnum):
    """What a value depends on."""

    CONSTANT = 0  # nothing
    WORLD = 1  # one value per world, for the rounds so far
    SERIES = 2  # one value per round


class Operand(NamedTuple):
    """A part of an expression: a number or a condition, what it depends on, its text."""

    kind: Kind
    extent: Extent
    text: str
    function: str  # over rounds, other than `first`, that it contains; empty for none

    @property
    def is_by_round(self) -> bool:
        """Return whether a function over rounds can be applied."""
        return self.extent == Extent.SERIES and not self.function


class ParsedExpression(NamedTuple):
    """An expression as steps in postfix order, and what its value is."""

    steps: tuple[Step, ...]
    value: Operand


class GrammarError(ValueError):
    """Raised for an error in an expression, with its position in characters from 0."""

    def __init__(self, position: int, problem: str):
        self.position, self.problem = position, problem
        super().__init__(problem)


class Token(NamedTuple):
    """A number, a name, a sign, or the end of an expression."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def found(self) -> str:
        """Return the token as it appears in a message."""
        return f"`{self.text}`" if self.kind != "end" else "the end"


def parse_expression(text: str, negotiations: Sequence[str], path: str) -> ParsedExpression:
    """Parse an expression. Raises ScenarioError with the path, the position and what is allowed there."""
    if len(text) > MAX_LENGTH:
        raise ScenarioError([InputError(path, text, f"has {len(text):,} characters; at most {MAX_LENGTH:,}")])
    try:
        return Parser(text, negotiations).parse()
    except GrammarError as error:
        raise ScenarioError([InputError(path, text, f"character {error.position + 1}: {error.problem}")]) from None


def tokens(text: str) -> list[Token]:
    """Split an expression into tokens; the last one is its end. Raises GrammarError at an unknown character."""
    found, at, end = [], 0, len(text.rstrip())
    while at < end:
        match = TOKEN.match(text, at)
        if match is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise GrammarError(at, f"unexpected {text[at]!r}{HINTS.get(text[at], '')}")
        kind = str(match.lastgroup)
        found.append(Token(kind, match[kind], match.start(kind), match.end()))
        at = match.end()
    return [*found, Token("end", "", end, end)]


class Parser:
    """A precedence-climbing parser that checks types as it reads; it recurses once for each level of nesting."""

    def __init__(self, text: str, negotiations: Sequence[str]):
        self.text, self.negotiations = text, list(negotiations)
        self.indicators = {name: index for index, name in enumerate(indicator_names(self.negotiations))}
        self.tokens, self.at, self.depth = tokens(text), 0, 0
        self.steps: list[Step] = []

    def parse(self) -> ParsedExpression:
        """Return the whole text as an expression."""
        value = self._expression(0)
        if self._next.kind != "end":
            raise self._error(f"expected an operator or the end, found {self._next.found}")
        return ParsedExpression(tuple(self.steps), value)

    @property
    def _next(self) -> Token:
        return self.tokens[self.at]

    def _take(self) -> Token:
        """Return the next token and go on; the end is never passed."""
        token = self._next
        self.at += token.kind != "end"
        return token

    def _expect(self, sign: str) -> None:
        if self._next.text != sign:
            raise self._error(f"expected `{sign}`, found {self._next.found}")
        self._take()

    def _error(self, problem: str, at: int | None = None) -> GrammarError:
        return GrammarError(self._next.start if at is None else at, problem)

    def _operand(self, kind: Kind, start: int, *parts: Operand, extent: Extent = Extent.CONSTANT) -> Operand:
        """Return what has been read since ``start``, which is made of ``parts``."""
        text = self.text[start : self.tokens[self.at - 1].end]
        function = next((each.function for each in parts if each.function), "")
        return Operand(kind, max([extent, *(each.extent for each in parts)]), text, function)

    def _expression(self, above: int) -> Operand:
        """Read operators that bind more strongly than ``above``, and their operands."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._error(f"is nested more than {MAX_DEPTH} levels deep")
        start = self._next.start
        left = self._first_operand()
        while PRECEDENCE.get(self._next.text, 0) > above:
            operator = self._take()
            left = self._combine(operator, start, left, self._expression(PRECEDENCE[operator.text]))
            if operator.text in COMPARISONS and self._next.text in COMPARISONS:
                raise self._error("comparisons cannot be chained: write `a < b and b < c`")
        self.depth -= 1
        return left

    def _first_operand(self) -> Operand:
        token = self._take()
        start = token.start
        if token.kind == "number":
            if not math.isfinite(value := float(token.text)):
                raise self._error("the number is too large", start)
            self.steps.append(Step("constant", value))
            return self._operand("number", start)
        if token.text in ("not", "-"):
            return self._combine(token, start, self._expression(PRECEDENCE["and" if token.text == "not" else "*"]))
        if token.text == "(":
            inner = self._expression(0)
            self._expect(")")
            return self._operand(inner.kind, start, inner)
        if token.kind == "name" and token.text not in WORDS:
            return self._call(token) if self._next.text == "(" else self._indicator(token)
        raise self._error(f"expected a number, an indicator or a function, found {token.found}", start)

    def _combine(self, operator: Token, start: int, *operands: Operand) -> Operand:
        """Apply an operator: check the types of its operands, and append its step."""
        logical = operator.text in WORDS
        for each in operands:
            self._check_kind(operator, "condition" if logical else "number", each)
        name = "negative" if operator.text == "-" and len(operands) == 1 else operator.text
        self.steps.append(Step(name, len(operands)))
        return self._operand("condition" if logical or name in COMPARISONS else "number", start, *operands)

    def _check_kind(self, user: Token, kind: Kind, operand: Operand) -> None:
        """Refuse an operand that is not of the kind that an operator or a function needs."""
        if operand.kind == kind:
            return
        if kind == "number":
            hint = f": write share({operand.text})" if operand.is_by_round else ""
            problem = f"numbers, and `{operand.text}` is a condition{hint}"
        else:
            problem = f"a condition, and `{operand.text}` is a number: compare it, as in `{operand.text} > 0.5`"
        raise self._error(f"`{user.text}` needs {problem}", user.start)

    def _indicator(self, name: Token) -> Operand:
        if name.text == "round":
            self.steps.append(Step("round"))
        elif name.text in self.indicators:
            self.steps.append(Step("indicator", self.indicators[name.text]))
        else:
            raise self._error(self._unknown_indicator(name.text), name.start)
        return self._operand("number", name.start, extent=Extent.SERIES)

    def _unknown_indicator(self, name: str) -> str:
        if name in FUNCTIONS:
            return f"`{name}` is a function: write {name}(...)"
        if name in {each.name for each in BY_NEGOTIATION}:
            examples = " or ".join(f"`{talks}.{name}`" for talks in self.negotiations[:3])
            return f"`{name}` is an indicator of a negotiation: write {examples}"
        known = [each for each in self.indicators if ("." in each) == ("." in name)]
        is_joined = "-" in name and name.partition(".")[0] not in self.negotiations
        hint = "; a minus sign in front of a negotiation needs a space" if is_joined else ""
        return f"`{name}`: {InputError.unknown_name('', name, known, 'indicator').problem}{hint}"

    def _call(self, name: Token) -> Operand:
        """Read the arguments of a function, check them, and append its step."""
        if name.text not in FUNCTIONS:
            is_indicator = name.text in self.indicators or name.text == "round"
            problem = InputError.unknown_name("", name.text, FUNCTIONS, "function").problem
            raise self._error(
                f"`{name.text}`: {'is an indicator, not a function' if is_indicator else problem}", name.start
            )
        self._expect("(")
        arguments = [self._expression(0)]
        while self._next.text == ",":
            self._take()
            arguments.append(self._expression(0))
        self._expect(")")
        most = 2 if name.text in ("min", "max") else 1
        if len(arguments) > most:
            raise self._error(f"`{name.text}` takes {'one or two values' if most == 2 else 'one value'}", name.start)
        function = ROUND_FUNCTIONS.get(name.text)
        for each in arguments:
            self._check_kind(name, function.takes if function else "number", each)
        if function is not None and len(arguments) == 1:
            return self._over_rounds(name, arguments[0])
        self.steps.append(Step("abs" if name.text == "abs" else f"{name.text} of two", len(arguments)))
        return self._operand("number", name.start, *arguments)

    def _over_rounds(self, name: Token, argument: Operand) -> Operand:
        if argument.extent == Extent.CONSTANT:
            raise self._error(f"`{name.text}` needs an indicator, and `{argument.text}` has none", name.start)
        if argument.function:
            problem = f"`{argument.function}` inside `{name.text}`, which reads its argument round by round"
            raise self._error(f"{problem}; only `first` is allowed there", name.start)
        self.steps.append(Step(name.text, 1))
        result = self._operand("number", name.start, extent=Extent.WORLD)
        return result._replace(function="" if name.text == "first" else name.text)
