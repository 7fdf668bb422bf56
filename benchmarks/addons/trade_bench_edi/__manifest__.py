{
    "name": "Benchmark: order responses through OCA's edi framework",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "depends": ["edi_core_oca", "purchase"],
    "installable": True,
}
