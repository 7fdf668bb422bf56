{
    "name": "Tradelane Kernel",
    "summary": "Documents, codecs and rules shared by every Tradelane addon, in plain Python",
    "version": "19.0.1.0.0",
    "category": "Supply Chain/Trading Partners",
    "author": "Tradelane",
    "license": "LGPL-3",
    "depends": ["base"],
    "external_dependencies": {
        "python": [
            "pydantic",
            "standardwebhooks",
            "lxml",
            "jmespath",
            "python_calamine",
            "python-stdnum",
            "biip",
        ],
    },
}
