"""Where a function can be changed, and into what."""

import ast
from collections.abc import Iterator
from typing import Any, NamedTuple

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
COMPUTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
}
NAMES = {"any": "all", "all": "any", "min": "max", "max": "min"}
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
DELETED = (ast.Raise, ast.AugAssign, ast.Continue, ast.Break, ast.Delete)
CALLS = (ast.Call, ast.Yield, ast.YieldFrom, ast.Await)
TESTS = (ast.Compare, ast.BoolOp)
LEFT_ALONE = (ast.JoinedStr, ast.Assert, ast.arguments, ast.pattern)


class Site(NamedTuple):
    """One change of one function.

    function, first: qualified name and first line (a decorator's) of the outermost function.
    lines: of the statement. holder, key, new: what is set to what in the tree.
    """

    function: str
    first: int
    lines: range
    what: str
    holder: Any
    key: Any
    new: Any

    @property
    def name(self) -> str:
        return f"{self.lines.start} {self.function}: {self.what}"


def sites(tree: ast.Module) -> Iterator[Site]:
    """Every change of every function of a module."""
    for name, function in _functions(tree, ""):
        nodes: list[ast.stmt | ast.expr] = [function, *function.decorator_list]
        first = min(node.lineno for node in nodes)
        for lines, what, holder, key, new in _of_body(function.body):
            yield Site(name, first, lines, what, holder, key, new)


def mutated(tree: ast.Module, site: Site, filename: str) -> Any:
    """The code object of the site's function with its change made; the tree stays as it was."""
    old = _set(site.holder, site.key, site.new)
    try:
        ast.fix_missing_locations(tree)
        module = compile(tree, filename, "exec", dont_inherit=True)
    finally:
        _set(site.holder, site.key, old)
    return next(
        code
        for code in _codes(module)
        if (code.co_qualname, code.co_firstlineno) == (site.function, site.first)
    )


def _set(holder: Any, key: Any, value: Any) -> Any:
    if isinstance(holder, list):
        old, holder[key] = holder[key], value
    else:
        old = getattr(holder, key)
        setattr(holder, key, value)
    return old


def _codes(code: Any) -> Iterator[Any]:
    for each in code.co_consts:
        if hasattr(each, "co_consts"):
            yield each
            yield from _codes(each)


def _functions(node: ast.AST, within: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield within + child.name, child
        elif isinstance(child, ast.ClassDef):
            yield from _functions(child, f"{within}{child.name}.")


Change = tuple[range, str, Any, Any, Any]


def _of_body(body: list[ast.stmt]) -> Iterator[Change]:
    for place, statement in enumerate(body):
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
            continue  # a docstring
        lines = range(statement.lineno, _head_end(statement) + 1)
        nothing = ast.copy_location(ast.Pass(), statement)
        if _deleted(statement):
            yield lines, f"without {_spelt(statement)}", body, place, nothing
        for name, value in ast.iter_fields(statement):
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield from _of_body(value)
            elif name in ("handlers", "cases"):
                for part in value:
                    yield from _of_part(part)
            elif name not in ("annotation", "returns", "decorator_list", "targets", "target"):
                for each in _of_expression(statement, name, value):
                    yield lines, *each
        if isinstance(statement, ast.Return) and _telling(statement.value):
            yield lines, f"return None, not {_spelt(statement.value)}", statement, "value", None


def _of_part(part: ast.ExceptHandler | ast.match_case) -> Iterator[Change]:
    if isinstance(part, ast.match_case) and part.guard is not None:
        lines = range(part.guard.lineno, (part.guard.end_lineno or 0) + 1)
        for each in _of_expression(part, "guard", part.guard):
            yield lines, *each
    yield from _of_body(part.body)


def _head_end(statement: ast.stmt) -> int:
    """The last line before the statements inside of it."""
    inner = getattr(statement, "body", None) or getattr(statement, "cases", None)
    if not isinstance(inner, list):
        return statement.end_lineno or statement.lineno
    first = inner[0].pattern if isinstance(inner[0], ast.match_case) else inner[0]
    return max(statement.lineno, int(first.lineno) - 1)


def _deleted(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return all(isinstance(t, (ast.Attribute, ast.Subscript)) for t in statement.targets)
    if isinstance(statement, ast.Return):
        return statement.value is None
    if isinstance(statement, ast.Expr):
        return isinstance(statement.value, CALLS)
    return isinstance(statement, DELETED)


def _telling(value: ast.expr | None) -> bool:
    return not (value is None or (isinstance(value, ast.Constant) and value.value is None))


Inner = tuple[str, Any, Any, Any]


def _of_expression(holder: Any, key: Any, value: Any) -> Iterator[Inner]:
    """Changes of an expression, which stands at `key` of `holder`, and of all within it."""
    if isinstance(value, list):
        for place, each in enumerate(value):
            yield from _of_expression(value, place, each)
        return
    if not isinstance(value, ast.AST) or isinstance(value, LEFT_ALONE):
        return
    condition = key in ("test", "guard")
    if condition and isinstance(value, ast.expr) and not isinstance(value, TESTS):
        inverse = ast.copy_location(ast.UnaryOp(ast.Not(), value), value)
        yield f"not {_spelt(value)}", holder, key, inverse
    yield from _of_node(holder, key, value)
    for name, inner in ast.iter_fields(value):
        if name != "ctx":
            yield from _of_expression(value, name, inner)


def _of_node(holder: Any, key: Any, value: ast.AST) -> Iterator[Inner]:
    match value:
        case ast.Compare():
            for place, op in enumerate(value.ops):
                new = COMPARED[type(op)]()
                yield f"{_spelt(value)}: {type(new).__name__}", value.ops, place, new
        case ast.BoolOp():
            for place, operand in enumerate(value.values):
                rest = value.values[:place] + value.values[place + 1 :]
                new_ = rest[0] if len(rest) == 1 else ast.BoolOp(value.op, rest)
                made = ast.copy_location(new_, value) if len(rest) > 1 else new_
                yield f"{_spelt(value)}: without {_spelt(operand)}", holder, key, made
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield f"{_spelt(value)}: without its sign", holder, key, value.operand
        case ast.BinOp() if type(value.op) in COMPUTED:
            new_op = COMPUTED[type(value.op)]()
            yield f"{_spelt(value)}: {type(new_op).__name__}", value, "op", new_op
        case ast.Name() if value.id in NAMES:
            yield f"{NAMES[value.id]}, not {value.id}", value, "id", NAMES[value.id]
        case ast.comprehension():
            for place, test in enumerate(value.ifs):
                always = ast.copy_location(ast.Constant(True), test)
                yield f"if True, not {_spelt(test)}", value.ifs, place, always
        case ast.Constant():
            if (other := _other(value.value)) is not None:
                yield f"{other!r:.40}, not {value.value!r:.40}", value, "value", other


def _other(value: object) -> object:
    """Another constant; None where none is wanted."""
    match value:
        case bool():
            return not value
        case int():
            return value + 1
        case bytes():
            return b"XX" + value
        case str() if " " not in value:
            return "XX" + value
    return None


def _spelt(node: ast.AST | None) -> str:
    text = " ".join(ast.unparse(node).split()) if node is not None else ""
    return text if len(text) <= 70 else f"{text[:66]} …"
