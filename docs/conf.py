"""How Sphinx builds the site; ``python -m docs`` gathers what it builds from."""

import symvar

project = "symvar"
author = "The symvar developers"
copyright = author
release = version = symvar.__version__

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "docs.formulas",
]

myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3
nb_execution_mode = "cache"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True
nb_kernel_rgx_aliases = {".*": "python3"}

default_role = "literal"
suppress_warnings = ["ref.python"]  # a class name in an annotation that two modules define
autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_use_rtype = False
napoleon_use_ivar = True
add_module_names = False
python_display_short_literal_types = True

html_theme = "furo"
html_title = f"symvar {release}"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_math_renderer = "katex-mathml"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {"top_of_page_buttons": []}
html_last_updated_fmt = None
