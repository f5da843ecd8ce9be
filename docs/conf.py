"""The documentation site: `make docs` builds it into docs/_build/html."""

import os
import sys
import warnings
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "_ext"))

project = "butterfly-theory"
author = "The butterfly-theory contributors"
copyright = f"2026, {author}"
version = release = installed("butterfly-theory")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "sphinx_gallery.gen_gallery",
    "sphinx_copybutton",
    # in docs/_ext
    "mathml",
    "claim_pages",
    "claim_links",
    "command_pages",
    "constructors",
]
exclude_patterns = ["_build", "gallery/*.ipynb", "gallery/*.py", "gallery/*.zip", "gallery/*.json"]
nitpicky = True
templates_path = ["_templates"]

# Markdown: formulas between dollar signs, links to headings.
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist", "attrs_block"]
myst_heading_anchors = 3

# Reference: a page for each public name, from its docstring; types stand there in words.
autosummary_generate = True
autosummary_ignore_module_all = False
autodoc_typehints = "none"
autodoc_preserve_defaults = True
numpydoc_show_class_members = False

# Gallery: the scripts examples/*/plot_*.py are executed and shown.
warnings.filterwarnings("ignore", message="FigureCanvasAgg is non-interactive")
sphinx_gallery_conf = {
    "examples_dirs": ["../examples"],
    "gallery_dirs": ["gallery"],
    "subsection_order": [
        f"../examples/{topic}" for topic in ("embeddings", "butterflies", "landscapes", "libraries")
    ],
    "filename_pattern": r"/plot_",
    "ignore_pattern": r"^(?!plot_)",
    "within_subsection_order": "FileNameSortKey",
    "show_memory": False,
    "show_signature": False,
    "write_computation_times": False,
    "abort_on_example_error": True,
    "parallel": int(os.environ.get("DOCS_WORKERS", "1")),
}

# Looks: everything is local, so that the site opens from disk without a network.
smartquotes_action = "qe"  # two dashes are an option of a command
html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = "butterfly-theory"
html_logo = html_favicon = "_static/butterfly.svg"
html_context = {"default_mode": "auto"}
html_static_path = ["_static", "../proofs_check/report/fonts"]
html_css_files = ["site.css"]
html_theme_options = {
    "logo": {"text": "butterfly-theory"},
    "header_links_before_dropdown": 6,
    "show_prev_next": False,
    "navigation_with_keys": False,
    "navbar_align": "left",
    "footer_start": ["copyright"],
    "footer_end": [],
}
alone = ("index", "start", "faq", "glossary", "cite", "changelog")
html_sidebars = {"**": ["sidebar-nav-bs"], **{name: [] for name in alone}}
html_copy_source = False
html_show_sourcelink = False
