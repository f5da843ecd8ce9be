"""How a figure is made: cases, tables, files, pages."""
