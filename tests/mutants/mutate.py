"""Changes to a module, one at a time, each of which takes a check away or weakens it."""

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

Change = Callable[[], None]
Found = tuple[str, Change]

WEAKER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
SPEAKING = ("logger.", "logging.")  # a line of the log is no check


@dataclass(frozen=True)
class Mutant:
    """One changed module; its name says where and what, and stays the same while the lines move."""

    name: str
    path: str
    source: str


def mutants(path: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a module."""
    seen: Counter[str] = Counter()
    for number in range(len(list(_sites(ast.parse(source))))):
        tree = ast.parse(source)
        where, (what, change) = list(_sites(tree))[number]
        change()
        name = f"{path} {where}: {what}"
        seen[name] += 1
        numbered = f"{name} ({seen[name]})" if seen[name] > 1 else name
        yield Mutant(numbered, path, ast.unparse(ast.fix_missing_locations(tree)))


def _sites(tree: ast.AST, where: str = "module") -> Iterator[tuple[str, Found]]:
    """Where something can be changed, with the function that it is in."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.keyword) and node.arg == "frozen":
            continue  # a convenience of ours, and no check
        inner = where
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            inner = node.name if where == "module" else f"{where}.{node.name}"
        for found in _changes(node):
            yield where, found
        yield from _sites(node, inner)


def _changes(node: ast.AST) -> Iterator[Found]:
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield f"never `{ast.unparse(node.test)}`", _setter(node, "test", ast.Constant(False))
    elif isinstance(node, ast.Compare) and len(node.ops) == 1:
        weaker = WEAKER[type(node.ops[0])]()
        yield f"`{ast.unparse(node)}` with {type(weaker).__name__}", _setter(node, "ops", [weaker])
    elif isinstance(node, ast.Compare):
        for index in range(len(node.ops)):
            operators = [WEAKER[type(op)]() if at == index else op for at, op in enumerate(node.ops)]
            yield f"`{ast.unparse(node)}`, comparison {index + 1}", _setter(node, "ops", operators)
    elif isinstance(node, ast.BoolOp):
        for index, dropped in enumerate(node.values):
            kept = node.values[:index] + node.values[index + 1 :]
            yield f"`{ast.unparse(node)}` without `{ast.unparse(dropped)}`", _setter(node, "values", kept)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        twice = ast.UnaryOp(ast.Not(), copy.deepcopy(node.operand))
        yield f"without not: `{ast.unparse(node)}`", _setter(node, "operand", twice)
    elif isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield f"{node.value} is {not node.value}", _setter(node, "value", not node.value)
    elif isinstance(node, ast.Attribute) and node.attr == "fullmatch":
        yield f"match for `{ast.unparse(node)}`", _setter(node, "attr", "match")
    elif isinstance(node, ast.Expr) and _is_step(node.value):
        yield f"without `{ast.unparse(node)}`", _setter(node, "value", ast.Constant(None))


def _is_step(value: ast.expr) -> bool:
    call = value.value if isinstance(value, ast.Await) else value
    return isinstance(call, ast.Call) and not ast.unparse(call).startswith(SPEAKING)


def _setter(node: ast.AST, name: str, value: object) -> Change:
    return lambda: setattr(node, name, value)
