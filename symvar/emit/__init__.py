"""What symvar writes: LaTeX, tables, plots and files; each module says one of these."""
