"""How a figure is made: its cases, table, caption, files and page."""
