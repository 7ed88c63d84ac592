"""The roof: the command line, the pages, the report. It may import both wings."""
