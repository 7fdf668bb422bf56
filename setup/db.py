"""The commands of setup/db."""

import argparse
import subprocess
import sys

import clusters
import databases
from clusters import SetupError


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="setup/db", description="Databases for developers, on the test server."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, text: str, *, database: bool = True) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        if database:
            sub.add_argument("name", metavar="NAME", help="the database")
        return sub

    command("new", "make NAME from the template (Odoo's modules, none of ours); an older one is dropped")
    command("ready", "make NAME with all our addons installed, as the tests use it")
    for name, text in (("install", "install addons on NAME"), ("update", "update addons on NAME (-u)")):
        sub = command(name, text + "; fails on a logged warning or error")
        sub.add_argument("addons", nargs="*", help="addons, all of ours when not given")
    sub = command("test", "run addons' tests with pytest on NAME (install or update them first)")
    sub.add_argument(
        "arguments", nargs=argparse.REMAINDER, help="pytest's arguments, e.g. addons/trade_core -k lane"
    )
    sub = command("serve", "run Odoo on NAME in the foreground; further arguments go to Odoo")
    sub.add_argument("arguments", nargs=argparse.REMAINDER)
    sub = command(
        "i18n", "export texts of addons on NAME (all of ours installed) to .pot, bring the .po up to it"
    )
    sub.add_argument("addons", nargs="*", help="addons, all that have translations when not given")
    command("shell", "Odoo's Python shell on NAME")
    command("psql", "psql on NAME")
    command("drop", "drop NAME and its filestore")
    command("list", "list the databases", database=False)
    return run(parser.parse_args())


def run(arguments: argparse.Namespace) -> int:
    target = clusters.cluster("test")
    name = getattr(arguments, "name", None)
    match arguments.command:
        case "new":
            print(databases.clone(target, databases.template(), name))
        case "ready":
            print(databases.clone_ready(name))
        case "install":
            databases.install(target, name, arguments.addons or databases.our_addons())
        case "update":
            databases.install(target, name, (), update=arguments.addons or databases.our_addons())
        case "test":
            import harness

            return harness.pytest_odoo(target, name, arguments.arguments)
        case "serve":
            config = databases.write_config(target, name, max_cron_threads=1)
            return subprocess.call([*databases.ODOO, "server", "-c", str(config), *arguments.arguments])
        case "i18n":
            import texts

            left = texts.export(target, name, arguments.addons or texts.translated())
            print(
                "\n".join(
                    f"{path.relative_to(clusters.ROOT)}: {count} to translate" for path, count in left.items()
                )
            )
        case "shell":
            config = databases.write_config(target, name)
            return subprocess.call([*databases.ODOO, "shell", "-c", str(config), "--no-http"])
        case "psql":
            return subprocess.call([clusters.program("psql"), "-d", name], env=target.env())
        case "drop":
            databases.drop(target, name)
        case "list":
            print("\n".join(target.sql("SELECT datname FROM pg_database WHERE NOT datistemplate ORDER BY 1")))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except SetupError as error:
        sys.exit(f"\nCannot continue: {error}")
