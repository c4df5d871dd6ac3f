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
LIMITS = ("LONGEST_", "LARGEST_", "SMALLEST_")  # whole numbers of these names are the limits of checks


@dataclass(frozen=True)
class Mutant:
    """One changed module; its name says where and what, and stays the same while the lines move."""

    name: str
    path: str
    source: str
    tests: tuple[str, ...] = ()  # the only ones that are asked; without any, all


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
        if where == "module" and isinstance(node, ast.Assign):
            for found in _data(node):
                yield where, found
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
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and node.slice.upper is not None:
        yield f"without the end of `{ast.unparse(node)}`", _setter(node.slice, "upper", None)
    elif isinstance(node, ast.comprehension) and node.ifs:
        conditions = " and ".join(map(ast.unparse, node.ifs))
        yield f"without the condition `{conditions}`", _setter(node, "ifs", [])
    elif isinstance(node, ast.Expr) and _is_step(node.value):
        yield f"without `{ast.unparse(node)}`", _setter(node, "value", ast.Constant(None))


def _data(node: ast.Assign) -> Iterator[Found]:
    """A check that is a constant: a collection with one element less, a limit that is one more or one less."""
    name = ast.unparse(node.targets[0])
    if not (name.isidentifier() and name.isupper()):
        return
    for inner in _collections(node.value):
        if isinstance(inner, ast.Dict):
            for index, key in enumerate(inner.keys):
                yield f"{name} without {ast.unparse(key) if key else '**'}", _dropper(inner, index)
        else:
            for index, dropped in enumerate(inner.elts):
                kept = inner.elts[:index] + inner.elts[index + 1 :]
                yield f"{name} without {ast.unparse(dropped)}", _setter(inner, "elts", kept)
    if name.startswith(LIMITS) and _is_whole(node.value):
        for sign, step in (("+", ast.Add()), ("-", ast.Sub())):
            yield f"{name} {sign} 1", _setter(node, "value", ast.BinOp(node.value, step, ast.Constant(1)))


def _collections(value: ast.AST) -> Iterator[ast.Dict | ast.Set | ast.Tuple | ast.List]:
    """The outermost ones: what an element consists of is not taken apart."""
    if isinstance(value, ast.Dict | ast.Set | ast.Tuple | ast.List):
        yield value
        return
    for inner in ast.iter_child_nodes(value):
        yield from _collections(inner)


def _is_whole(value: ast.expr) -> bool:
    return all(type(inner.value) is int for inner in ast.walk(value) if isinstance(inner, ast.Constant))


def _dropper(node: ast.Dict, index: int) -> Change:
    def drop() -> None:
        del node.keys[index], node.values[index]

    return drop


def _is_step(value: ast.expr) -> bool:
    call = value.value if isinstance(value, ast.Await) else value
    return isinstance(call, ast.Call) and not ast.unparse(call).startswith(SPEAKING)


def _setter(node: ast.AST, name: str, value: object) -> Change:
    return lambda: setattr(node, name, value)
