{
    "name": "Tradelane Benchmarks: What Intake Is Measured Beside",
    "summary": "An empty controller, and a plain record that a peer's endpoint creates",
    "version": "19.0.1.0.0",
    "author": "Tradelane",
    "license": "LGPL-3",
    "category": "Hidden",
    "depends": ["base"],
    "data": ["security/ir.model.access.csv"],
}
