"""A Jupyter server extension: the workbook's pages are saved without answers.

A saved widget is a dead form on the next day, and a saved picture holds names. So whatever
a page of the workbook shows is left out of its file, and a line says how to wake it.
Other notebooks on the same server are left alone.
"""

ASLEEP = (
    '<p role="note"><b>This part is asleep.</b> Press <b>Start this page</b> at the top '
    "to wake it. Your answers are safe in your logs.</p>"
)


def _jupyter_server_extension_points():
    return [{"module": "ii_helpers.jupyter"}]


def _load_jupyter_server_extension(server):
    server.contents_manager.register_pre_save_hook(leave_answers_out)


def leave_answers_out(model, **_):
    """Take outputs, counts and widget state out of a page of the workbook, in place."""
    notebook = model.get("content")
    if model.get("type") != "notebook" or not isinstance(notebook, dict):
        return
    if "ii_workbook" not in notebook.get("metadata", {}):
        return
    notebook["metadata"].pop("widgets", None)
    for cell in notebook.get("cells", ()):
        if cell.get("cell_type") != "code":
            continue
        shows = any("data" in output for output in cell.get("outputs", ()))
        note = {"output_type": "display_data", "metadata": {}, "data": {"text/html": ASLEEP}}
        cell["outputs"] = [note] if shows else []
        cell["execution_count"] = None
        cell.get("metadata", {}).pop("execution", None)
