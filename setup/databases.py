"""Databases with Odoo in them: one template, clones of it within a second, our addons installed on a clone.

Every function takes or returns plain database names; the server is `clusters.cluster(kind)`.
"""

import ast
import contextlib
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import clusters
from clusters import DOT, ROOT, Cluster, SetupError

ODOO = [sys.executable, str(Path(sys.executable).parent / "odoo")]
#: Encrypts credentials of tests and of the demo. Real installations make their own: docs/install.md.
THROWAWAY_SECRET_KEY = "dHJhZGVsYW5lLXRlc3QtYW5kLWRlbW8ta2V5LW9ubHk="
#: Where a change cannot change what an installation leaves in the database.
NOT_INSTALLED = {"tests", "fixtures", "static", "docs", "__pycache__", "readme"}
LOG_TROUBLE = re.compile(r"^\S+ \S+ \d+ (?:WARNING|ERROR|CRITICAL) ")
#: Odoo prefixes every log line with this; what does not match continues the line before.
LOG_LINE = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ [A-Z]+ ")
#: What Odoo itself logs while it installs its own modules here: nothing of ours, nothing to act on.
LOG_EXPECTED = re.compile(r"Running as user 'root'|unable to (?:load|find) (?:the )?library `?ldap")
PREGENERATE_ASSETS = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"


def our_addons() -> list[str]:
    """The names of the installable addons in `addons/`, sorted."""
    names = []
    for path in sorted((ROOT / "addons").glob("*/__manifest__.py")):
        try:
            manifest = ast.literal_eval(path.read_text(encoding="utf-8"))
        except (SyntaxError, ValueError) as error:
            raise SetupError(f"{path.relative_to(ROOT)} is not a plain dictionary: {error}") from error
        if manifest.get("installable", True):
            names.append(path.parent.name)
    return names


def data_dir(kind: str) -> Path:
    """Odoo's data folder (filestore, sessions) of the databases on the cluster `kind`."""
    folder = DOT / "data" / kind
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def filestore(kind: str, database: str) -> Path:
    return data_dir(kind) / "filestore" / database


def write_config(
    target: Cluster, database: str, *, path: Path | None = None, sections: str | None = None, **options
) -> Path:
    """Write an odoo.conf for one database and return its path.

    The section `[trade]` carries a key for credentials that is good for databases of this machine only.

    :param options: further settings of the section `[options]`, or others' values for those set here.
    :param sections: text of the sections after `[options]`.
    """
    settings = {
        "addons_path": ROOT / "addons",
        "data_dir": data_dir(target.kind),
        "db_host": target.host,
        "db_port": target.port,
        "db_user": target.user,
        "db_name": database,
        "http_interface": "127.0.0.1",
        "list_db": "False",
        "max_cron_threads": 0,
        "server_wide_modules": "base,web,queue_job",
        "with_demo": "False",
    }
    if target.password:
        settings["db_password"] = target.password
    if sections is None:
        sections = f"[trade]\nsecret_keys = {THROWAWAY_SECRET_KEY}\n"
    path = path or DOT / "conf" / f"{database}.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {value}" for key, value in (settings | options).items()]
    path.write_text("[options]\n" + "\n".join(lines) + "\n\n" + sections)
    path.chmod(0o600)
    return path


def exists(target: Cluster, database: str) -> bool:
    return bool(target.sql(f"SELECT 1 FROM pg_database WHERE datname = '{_safe(database)}'"))


def drop(target: Cluster, database: str) -> None:
    """Drop a database, its filestore and its configuration, ending open sessions; a missing one is fine."""
    _safe(database)
    if exists(target, database):
        target.run("dropdb", "--force", database)
    shutil.rmtree(filestore(target.kind, database), ignore_errors=True)
    (DOT / "conf" / f"{database}.conf").unlink(missing_ok=True)


def clone(target: Cluster, source: str, database: str) -> str:
    """Copy a database nobody is connected to and hard-link its filestore, in under a second.

    An older database of that name is dropped first.
    """
    drop(target, database)
    target.run("createdb", "-T", _safe(source), _safe(database))
    files = filestore(target.kind, source)
    if files.is_dir():
        shutil.copytree(files, filestore(target.kind, database), copy_function=os.link)
    return database


def template(*, demo_data: bool = False) -> str:
    """The name of the template database with the vendor modules of `modules.txt`, on the test server.

    It has the web assets generated, and accepts no connections, so that it stays clean.

    :param demo_data: with Odoo's demo data; addons installed on a clone load theirs then.
    """
    modules = _entries(ROOT / "setup" / "modules.txt")
    requirements = _entries(ROOT / "requirements.txt")
    odoo = (DOT / "odoo-path").read_text() + (DOT / "stamps" / "odoo").read_text()
    prefix = "demo_template_" if demo_data else "template_"
    name = prefix + _digest(*modules, *requirements, odoo)
    target = clusters.cluster("test")
    with clusters.locked(prefix.rstrip("_")):
        if not exists(target, name):
            _drop_others(target, prefix)
            title = "with its demo data" if demo_data else "without demo data"
            with progress(f"Template database: Odoo's own modules {title} (about a minute, once)"):
                target.run("createdb", "-T", "template0", "-E", "UTF8", "--lc-collate=C", f"{name}_new")
                install(target, f"{name}_new", modules, demo_data=demo_data)
                _finish(target, f"{name}_new", name)
    return name


def ready(kind: str = "test", *, demo_data: bool = False) -> str:
    """Build what `clone_ready` clones now, with its progress on the screen; returns that database's name."""
    with clusters.locked(_ready_prefix(demo_data)):
        return _ready(kind, demo_data)


def clone_ready(name: str, kind: str = "test", *, demo_data: bool = False) -> str:
    """Make a database with all our addons installed and the web assets generated; returns its name.

    It is a clone of one that is built on the test server, and again when something an installation depends on
    has changed; the demo's server gets a copy.

    :param demo_data: with the demo data of Odoo and of our addons.
    """
    with clusters.locked(_ready_prefix(demo_data)):  # until it is cloned, nobody replaces it
        return clone(clusters.cluster(kind), _ready(kind, demo_data), name)


def install(
    target: Cluster,
    database: str,
    addons: Iterable[str],
    *,
    update: Iterable[str] = (),
    demo_data: bool = False,
) -> None:
    """Install addons on a database, and update others.

    :param demo_data: when this makes the database: with demo data. Later installations follow the first.
    :raise SetupError: Odoo failed, or logged a warning or an error; with the lines and the log's path.
    """
    arguments = ["--stop-after-init", "--no-http", *(["--with-demo"] if demo_data else [])]
    for flag, names in (("-i", list(addons)), ("-u", list(update))):
        if names:
            arguments += [flag, ",".join(names)]
    log = run_odoo(target, database, *arguments, log=f"install-{database}")
    trouble = log_trouble(log)
    if trouble:
        raise SetupError(
            f"Odoo complained while installing on {database}:\n" + "\n".join(trouble) + f"\nWhole log: {log}"
        )


def pregenerate_assets(target: Cluster, database: str) -> None:
    """Generate the web assets now; otherwise the first browser to come waits ten seconds for them."""
    run_odoo(target, database, command="shell", log=f"assets-{database}", script=PREGENERATE_ASSETS)


def run_odoo(
    target: Cluster, database: str, *arguments: str, command: str = "server", log: str, script: str = ""
) -> Path:
    """Run one of Odoo's commands to its end, its output in `.odoo/log/<log>.log`; returns that path.

    :raise SetupError: the command failed; with the last lines of its output.
    """
    config = write_config(target, database)
    path = DOT / "log" / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    extra = ["--no-http"] if command == "shell" else []
    with path.open("w") as output:
        done = subprocess.run(
            [*ODOO, command, "-c", str(config), "-d", database, *extra, *arguments],
            input=script,
            text=True,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
        )
    lines = path.read_text(errors="replace").splitlines()
    if done.returncode or (script and any("Traceback (most recent call last)" in line for line in lines)):
        raise SetupError(
            f"odoo {command} on {database} failed:\n" + "\n".join(lines[-40:]) + f"\nWhole log: {path}"
        )
    return path


def log_trouble(log: Path) -> list[str]:
    """The warnings and errors of an Odoo log, each with its continuation lines (traceback)."""
    found, inside = [], False
    for line in log.read_text(errors="replace").splitlines():
        if LOG_LINE.match(line):
            inside = bool(LOG_TROUBLE.match(line)) and not LOG_EXPECTED.search(line)
        if inside:
            found.append(line)
    return found


@contextlib.contextmanager
def progress(title: str) -> Iterator[None]:
    """Print what is being done and, when it succeeded, how long it took."""
    print(f"· {title}", flush=True)
    started = time.monotonic()
    yield
    print(f"  done in {time.monotonic() - started:.0f} s", flush=True)


def _ready_prefix(demo_data: bool) -> str:
    return "demo_ready_" if demo_data else "ready_"


def _ready(kind: str, demo_data: bool) -> str:
    """The name of the database `clone_ready` clones, built when it is missing or outdated."""
    base = template(demo_data=demo_data)
    prefix = _ready_prefix(demo_data)
    name = prefix + _digest(base, _addons_digest())
    test, target = clusters.cluster("test"), clusters.cluster(kind)
    if not exists(test, name):
        _drop_others(test, prefix)
        with progress("Installing our addons" + " with demo data" * demo_data):
            clone(test, base, f"{name}_new")
            install(test, f"{name}_new", our_addons())
            _finish(test, f"{name}_new", name)
    if not exists(target, name):
        _drop_others(target, prefix)
        with progress(f"Copying the database to the {kind} server"):
            _copy(test, name, target)
    return name


def _drop_others(target: Cluster, prefix: str) -> None:
    """Drop the outdated databases of a kind, and what a broken-off attempt left."""
    for name in target.sql(f"SELECT datname FROM pg_database WHERE starts_with(datname, '{prefix}')"):
        drop(target, name)


def _finish(target: Cluster, unfinished: str, name: str) -> None:
    """Generate the assets, give the database the name under which it is found, and close it.

    A name without `_new` says that the building went through to here.
    """
    pregenerate_assets(target, unfinished)
    filestore(target.kind, unfinished).rename(filestore(target.kind, name))
    (DOT / "conf" / f"{unfinished}.conf").unlink(missing_ok=True)
    target.sql(f'ALTER DATABASE "{unfinished}" RENAME TO "{name}"')
    target.sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')


def _copy(source: Cluster, name: str, target: Cluster) -> None:
    """Copy a closed database to another server: a dump takes seconds, a second installation minutes."""
    clone(source, name, f"{name}_dump")
    dump = DOT / f"{name}.dump"
    source.run("pg_dump", "-Fc", "-Z0", "-f", str(dump), f"{name}_dump")
    drop(source, f"{name}_dump")
    target.run("createdb", "-T", "template0", "-E", "UTF8", "--lc-collate=C", f"{name}_new")
    target.run("pg_restore", "--jobs=2", "--no-owner", "-d", f"{name}_new", str(dump))
    dump.unlink()
    shutil.copytree(
        filestore(source.kind, name),
        filestore(target.kind, name),
        copy_function=os.link,
        dirs_exist_ok=True,
    )
    target.sql(f'ALTER DATABASE "{name}_new" RENAME TO "{name}"')
    target.sql(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')


def _entries(path: Path) -> list[str]:
    """The lines of a list file without its comments."""
    lines = path.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:10]


def _addons_digest() -> str:
    """Changes with everything in `addons/` an installation depends on."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "addons").rglob("*")):
        relative = path.relative_to(ROOT / "addons")
        if path.is_file() and not NOT_INSTALLED.intersection(relative.parts) and path.suffix != ".md":
            digest.update(f"{relative}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _safe(name: str) -> str:
    """A database name that needs no quoting anywhere.

    :raise SetupError: it contains something else than letters, digits, `_` and `-`.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,63}", name):
        raise SetupError(f"{name!r} is no name for a database: use letters, digits, _ and -.")
    return name
