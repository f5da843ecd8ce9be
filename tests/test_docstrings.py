"""Docstrings of public names are complete: parameters, results, errors."""

import ast
import enum
import importlib
import inspect
import re
import textwrap
from functools import cached_property

import pytest

docscrape = pytest.importorskip("numpydoc.docscrape")
validate = pytest.importorskip("numpydoc.validate").validate

PACKAGES = (
    "fjlt",
    "fjlt.sklearn",
    "fjlt.torch",
    "landscape",
    "landscape.monodromy",
    "figures.data",
    "proofs_check",
    "proofs_check.exact",
)
# No docstring; faults of Parameters, Returns and Yields. Left out are a parameter without a type,
# as in "X, Y: As for ``loss``", and capital letters, for which there is a rule of our own.
CODES = {"GL08", "YD01", "RT01", "RT02", "RT03", "RT05"} | {
    f"PR{i:02}" for i in (1, 2, 3, 6, 7, 9, 10)
}
# How a description must not begin. A formula, such as "tr YYᵀ", or a value may.
LOWER_CASE_WORD = re.compile(r"[a-z]{3,}(?=[ ,;:.]|$)")
# Functions of ``fjlt.boundary`` that refuse bad arguments: all but these.
CHECK = re.compile(r"boundary\.(?!shown|is_power_of_two)\w+")


def public(package):
    """Functions and classes of ``__all__``, and public methods and properties of the classes."""
    module = importlib.import_module(package)
    for name in module.__all__:
        thing = getattr(module, name)
        if isinstance(thing, type):
            yield f"{package}.{name}", thing
            for member in vars(thing):
                value = getattr(thing, member)
                of_interest = callable(value) or isinstance(value, property | cached_property)
                if of_interest and not member.startswith("_"):
                    # of a class method the function, so that its result is looked at
                    yield f"{package}.{name}.{member}", getattr(value, "__func__", value)
        elif callable(thing):
            yield f"{package}.{name}", thing


def names(section):
    return {name for entry in section for name in entry.name.split(", ")}


def raises(function):
    """Whether the text of a function raises an error, or has its arguments checked."""
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(function))))
    except (OSError, TypeError):
        return False
    return any(
        (isinstance(node, ast.Raise) and node.exc is not None)
        or (isinstance(node, ast.Call) and CHECK.fullmatch(ast.unparse(node.func)))
        for node in ast.walk(tree)
    )


def faults(thing):
    """What a docstring lacks, as sentences."""
    doc = docscrape.get_doc_object(thing)
    found = [error for error in validate(doc)["errors"] if error[0] in CODES]
    if isinstance(thing, type):
        # Users read the fields of a result as its attributes, and do not construct it. The values
        # of an enumeration are not constructed either. A class without a constructor has that of
        # its base.
        fields = set(inspect.signature(thing).parameters)
        constructors = {"__init__", "__new__"} & vars(thing).keys()
        if issubclass(thing, enum.Enum) or not constructors or fields <= names(doc["Attributes"]):
            found = [error for error in found if error[0] != "PR01"]
    sentences = [message for _, message in found]
    for section in ("Parameters", "Attributes", "Returns", "Yields"):
        for entry in doc[section]:
            if entry.desc and LOWER_CASE_WORD.match(entry.desc[0]):
                sentences.append(f"{entry.name} has no capital letter")
    code = thing
    if isinstance(thing, type):
        code = vars(thing).get("__post_init__", vars(thing).get("__init__"))
    elif isinstance(thing, property):
        code = thing.fget
    elif isinstance(thing, cached_property):
        code = thing.func
    if raises(code) and not doc["Raises"]:
        sentences.append("No Raises section found")
    return sentences


@pytest.mark.parametrize("package", PACKAGES)
def test_public_docstrings_are_complete(package):
    found = {name: wrong for name, thing in public(package) if (wrong := faults(thing))}
    assert found == {}


def complete(x, k):
    """Return x as it is.

    Parameters
    ----------
    x : float
        x >= 0, or None.
    k : int
        A size.

    Returns
    -------
    float
        The number.

    Raises
    ------
    ValueError
        If k < 1.
    """
    if k < 1:
        raise ValueError(k)
    return x


def test_a_complete_docstring_has_no_fault():
    assert faults(complete) == []


@pytest.mark.parametrize(
    ("text", "planted", "fault"),
    [
        ("    k : int\n        A size.\n", "", "Parameters {'k'} not documented"),
        ("        A size.\n", "", 'Parameter "k" has no description'),
        ("A size.", "size.", "k has no capital letter"),
        ("k : int", "n : int", "Unknown parameters {'n'}"),
        ("\n        The number.", "", "Return value has no description"),
        ("Returns\n    -------\n    float\n        The number.\n", "", "No Returns section found"),
        ("Raises\n    ------\n    ValueError\n        If k < 1.\n", "", "No Raises section found"),
    ],
)
def test_a_planted_gap_is_found(monkeypatch, text, planted, fault):
    assert text in complete.__doc__
    monkeypatch.setattr(complete, "__doc__", complete.__doc__.replace(text, planted))
    assert fault in faults(complete)


def test_a_planted_field_without_a_word_is_found():
    class Result:
        """A result.

        Attributes
        ----------
        a : int
            A number.
        """

        def __init__(self, a, b):
            self.a, self.b = a, b

    (fault,) = faults(Result)
    assert fault.endswith("not documented")
