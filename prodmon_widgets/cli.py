"""The command `prodmon`: a report, a check for a scheduler, the demo. An error is one line, its trace on request."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from prodmon_widgets.errors import InputError, MonitorError

if TYPE_CHECKING:
    from prodmon_widgets.engine.monitor import Monitor

app = typer.Typer(
    name="prodmon",
    help="Monitor a model in production without labels.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ALERT, FAILURE = 1, 2

Evaluation = Annotated[str, typer.Argument(help="Labelled samples: a .csv, .parquet or .jsonl file, or a glob.")]
Production = Annotated[str, typer.Argument(help="Samples of production: a .csv, .parquet or .jsonl file, or a glob.")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--column", "-c", metavar="ROLE=COLUMN", help="A column's role, e.g. timestamp=when. Repeatable."),
]
Text = Annotated[bool, typer.Option("--text/--no-text", help="Whether the annotator reads text columns.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the whole trace of an error.")]


@contextmanager
def one_line_errors(debug: bool) -> Iterator[None]:
    """Turn an error of input, of a file or of a backend into one line and exit status 2; with debug, let it through."""
    try:
        yield
    except (MonitorError, OSError) as error:
        if debug:
            raise
        typer.echo(f"error: {' '.join(str(error).split())}", err=True)
        raise typer.Exit(FAILURE) from error


def monitor_of(evaluation: str, production: str, columns: list[str] | None, text: bool) -> Monitor:
    """Return a monitor over two files, with what `--column` says in its schema."""
    from prodmon_widgets.engine.monitor import Monitor
    from prodmon_widgets.schema import Schema

    return Monitor(evaluation, production, schema=Schema(**roles_of(columns or [])), text=text, progress=False).wait()


def roles_of(columns: list[str]) -> dict[str, object]:
    """Return the schema's keywords out of `role=column`; a role named several times gets a list.

    >>> roles_of(["timestamp=when", "text=input", "text=output"])
    {'timestamp': 'when', 'text': ['input', 'output']}
    """
    roles: dict[str, object] = {}
    for said in columns:
        role, equals, column = said.partition("=")
        if not equals or not role or not column:
            raise InputError(f"--column takes ROLE=COLUMN, for instance timestamp=when; it got {said!r}.")
        before = roles.get(role)
        if before is None:
            roles[role] = column
        else:
            roles[role] = [*(before if isinstance(before, list) else [before]), column]
    return roles


@app.command()
def report(
    evaluation: Evaluation,
    production: Production,
    output: Annotated[Path, typer.Option("--output", "-o", help="The HTML file to write.")] = Path("report.html"),
    columns: Columns = None,
    text: Text = True,
    debug: Debug = False,
) -> None:
    """Write the linked dashboard to one self-contained HTML file."""
    with one_line_errors(debug):
        monitor = monitor_of(evaluation, production, columns, text)
        from prodmon_widgets.widgets.dashboard import Dashboard

        Dashboard(monitor).to_html(output)
        typer.echo(f"{output}: {output.stat().st_size / 1e6:.1f} MB, {monitor!r}")


@app.command()
def check(
    evaluation: Evaluation,
    production: Production,
    rules: Annotated[Path, typer.Option("--rules", "-r", help="A YAML file with the rules.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the alerts as JSON.")] = False,
    columns: Columns = None,
    text: Text = True,
    debug: Debug = False,
) -> None:
    """Hold production against rules; exit status 1 when one raises an alert."""
    with one_line_errors(debug):
        alerts = monitor_of(evaluation, production, columns, text).alerts(rules)
        raised = alerts.open
        typer.echo(json.dumps(raised.to_dict("records"), default=str) if as_json else str(alerts))
    raise typer.Exit(ALERT if len(raised) else 0)


@app.command()
def demo(
    folder: Annotated[Path, typer.Option(help="Where the demo's notebook is put.")] = Path("demo-output"),
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Whether to open a browser.")] = True,
    debug: Debug = False,
) -> None:
    """Open the film story in JupyterLab."""
    with one_line_errors(debug):
        notebook = put_notebook(folder)
    command = [sys.executable, "-m", "jupyterlab", str(notebook), f"--ServerApp.root_dir={folder.resolve()}"]
    # Jupyter refuses to run as root unless told; in a container that is the only user there is
    command += ["--allow-root"] if os.geteuid() == 0 else []
    command += [] if browser else ["--no-browser"]
    os.execv(sys.executable, command)  # noqa: S606  the interpreter that runs us, and no shell


STORY = "01-film-story.ipynb"


def put_notebook(folder: Path) -> Path:
    """Copy the story's notebook into a folder, unless it lies there already; return its path."""
    from jupyter_core.paths import jupyter_path

    places = [Path(__file__).parent.parent / "notebooks", *map(Path, jupyter_path("prodmon-widgets"))]
    source = next((place / STORY for place in places if (place / STORY).exists()), None)
    if source is None:
        raise InputError(f"the notebook {STORY} isn't part of this installation; reinstall prodmon-widgets.")
    folder.mkdir(parents=True, exist_ok=True)
    target = folder.resolve() / STORY
    if not target.exists():
        shutil.copyfile(source, target)
    return target
