"""The addons install on a database with demo data. A broken demo file is only a warning to Odoo."""

import clusters
import databases


def test_the_demo_data_of_every_addon_loads(capsys):
    with capsys.disabled():  # minutes the first time: show the progress
        print()
        # Raises with the log's lines on any warning or error.
        database = databases.clone_ready("demo_data_check", demo_data=True)
    try:
        without = clusters.cluster("test").sql(
            "SELECT name FROM ir_module_module WHERE name LIKE 'trade%' AND state = 'installed' AND NOT demo",
            database,
        )
    finally:
        databases.drop(clusters.cluster("test"), database)
    assert without == []
