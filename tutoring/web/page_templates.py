"""The Jinja environment of the pages: what Jinja does at each use and once is enough.

- Imported templates are made once. Jinja compares the global names of both templates at each import, key by key.
- Constant texts, `_("…")`, become look-ups in the ready texts of the reader's language (`web/i18n.py`).
- JSON in a page writes "ế" as it is, in three bytes and not in six.
- Plain functions are called without a search for what Jinja should pass to them.
"""

from types import FunctionType
from typing import Any

from flask.templating import Environment
from jinja2 import nodes
from jinja2.environment import Template, TemplateModule
from jinja2.runtime import Context
from jinja2.utils import internalcode
from jinja2.visitor import NodeTransformer

_GETTEXT = frozenset({"_", "gettext"})


class PageContext(Context):
    """A context that calls plain functions directly."""

    @internalcode
    def call(self, function: Any, /, *args: Any, **kwargs: Any) -> Any:
        if type(function) is not FunctionType or hasattr(function, "jinja_pass_arg"):
            return super().call(function, *args, **kwargs)
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return function(*args, **kwargs)


class PageTemplate(Template):
    """A template whose module without context is made once for all who import it."""

    _global_names: frozenset[str] | None = None

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        if self._global_names is None:
            self._global_names = frozenset(self.globals)
        if self._module is not None and (ctx is None or ctx.globals_keys <= self._global_names):
            return self._module
        return super()._get_default_module(ctx)


class _ConstantTexts(NodeTransformer):
    """Replaces `_("…")` by `ready_texts["…"]`, and `_("…", name=…)` by `open_texts["…"] % {"name": …}`."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:
        node = self.generic_visit(node)  # type: ignore[assignment]
        if not (isinstance(node.node, nodes.Name) and node.node.name in _GETTEXT and len(node.args) == 1):
            return node
        text = node.args[0]
        if not isinstance(text, nodes.Const) or node.dyn_args is not None or node.dyn_kwargs is not None:
            return node
        name = "open_texts" if node.kwargs else "ready_texts"
        found = nodes.Getitem(nodes.Name(name, "load"), text, "load")
        if not node.kwargs:
            return found.set_lineno(node.lineno)
        pairs = [nodes.Pair(nodes.Const(one.key), one.value) for one in node.kwargs]
        return nodes.Mod(found, nodes.Dict(pairs)).set_lineno(node.lineno)


class PageEnvironment(Environment):
    """Flask's environment with these savings."""

    template_class = PageTemplate
    context_class = PageContext

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        plain = {"ensure_ascii": False, "separators": (",", ":")}
        self.policies["json.dumps_kwargs"] = {**self.policies["json.dumps_kwargs"], **plain}

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        autoescape = self.autoescape(name) if callable(self.autoescape) else self.autoescape
        if autoescape:
            source = _ConstantTexts().visit(source)
            source.set_environment(self)
        return super()._generate(source, name, filename, defer_init)
