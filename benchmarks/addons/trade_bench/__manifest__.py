{
    "name": "Tradelane Benchmarks: Empty Controller",
    "summary": "The least an Odoo controller can do, to measure others beside it",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["base"],
}
