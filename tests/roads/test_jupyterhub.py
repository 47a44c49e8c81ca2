"""JupyterHub on loopback: two learners open one link and save a row, each sees their own alone."""

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
import uuid
from urllib.parse import quote

import pytest

from .conftest import CHECKOUT

pytest.importorskip("jupyterhub")
pytest.importorskip("nbgitpuller")
requests = pytest.importorskip("requests")
websocket = pytest.importorskip("websocket")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def proxy(tmp_path_factory):
    """npm's configurable-http-proxy: as installed, or put into a folder of its own."""
    if found := os.environ.get("II_HUB_PROXY") or shutil.which("configurable-http-proxy"):
        return found
    if not shutil.which("npm"):
        pytest.skip("JupyterHub's proxy needs npm")
    place = tmp_path_factory.mktemp("proxy")
    made = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "configurable-http-proxy"],
        cwd=place, capture_output=True, text=True,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("configurable-http-proxy could not be installed")
    return str(place / "node_modules" / ".bin" / "configurable-http-proxy")


@pytest.fixture
def hub(tmp_path, home, proxy):
    """A hub with the dummy authenticator and the simple spawner; its address."""
    port, hub_port, api_port = free_port(), free_port(), free_port()
    homes = tmp_path / "homes"
    (tmp_path / "jupyterhub_config.py").write_text(
        "c = get_config()\n"
        f"c.JupyterHub.bind_url = 'http://127.0.0.1:{port}'\n"
        f"c.JupyterHub.hub_bind_url = 'http://127.0.0.1:{hub_port}'\n"
        f"c.ConfigurableHTTPProxy.api_url = 'http://127.0.0.1:{api_port}'\n"
        f"c.ConfigurableHTTPProxy.command = [{proxy!r}]\n"
        "c.JupyterHub.authenticator_class = 'dummy'\n"
        "c.Authenticator.allow_all = True\n"
        "c.JupyterHub.spawner_class = 'simple'\n"
        f"c.SimpleLocalProcessSpawner.home_dir_template = {str(homes)!r} + '/{{username}}'\n"
        "c.Spawner.default_url = '/lab'\n"
        "c.Spawner.args = ['--allow-root']\n"
        f"c.Spawner.environment = {{'PYTHONPATH': {str(CHECKOUT)!r}}}\n"
        f"c.Spawner.cmd = [{sys.executable!r}, '-m', 'jupyterhub.singleuser']\n"
        "c.Spawner.start_timeout = 120\nc.Spawner.http_timeout = 120\n"
        f"c.JupyterHub.db_url = 'sqlite:///{tmp_path}/hub.sqlite'\n"
        f"c.JupyterHub.cookie_secret_file = '{tmp_path}/cookie'\n"
    )
    log = (tmp_path / "hub.log").open("w")
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterhub", "-f", str(tmp_path / "jupyterhub_config.py")],
        cwd=tmp_path, stdout=log, stderr=log,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: requests.get(f"{address}/hub/login", timeout=5).ok, tmp_path)
        yield address
    finally:
        server.terminate()
        try:
            server.wait(30)
        except subprocess.TimeoutExpired:
            server.kill()


def wait_for(what, tmp_path, seconds=120):
    until, last = time.monotonic() + seconds, None
    while time.monotonic() < until:
        try:
            if result := what():
                return result
        except (requests.RequestException, OSError) as error:
            last = error
        time.sleep(0.3)
    raise AssertionError(f"{last}\n{(tmp_path / 'hub.log').read_text()[-3000:]}")


class Learner:
    """A learner's browser, without its pictures."""

    def __init__(self, hub, name, tmp_path):
        self.hub, self.name, self.tmp_path = hub, name, tmp_path
        self.session = requests.Session()
        page = self.session.get(f"{hub}/hub/login")
        token = re.search(r'name="_xsrf" value="([^"]+)"', page.text)[1]
        answer = self.session.post(
            f"{hub}/hub/login", data={"username": name, "password": "x", "_xsrf": token}
        )
        assert answer.ok

    def open(self, link):
        """Follow a link to the hub, which starts the learner's own server; then pull."""
        self.base, pages = f"{self.hub}/user/{self.name}", []

        def is_there():
            pages.append(self.session.get(f"{self.hub}{link}"))  # the login goes by redirects
            return pages[-1].ok and pages[-1].url.startswith(f"{self.base}/git-pull")

        wait_for(is_there, self.tmp_path)
        page = pages[-1]
        query = page.url.partition("?")[2]
        with self.session.get(
            f"{self.base}/git-pull/api?{query}",
            stream=True,
            headers=self.headers(page),
            timeout=120,
        ) as said:
            lines = "".join(line.decode() + "\n" for line in said.iter_lines())
        assert '"phase": "finished"' in lines, lines

    def headers(self, page=None):
        token = self.session.cookies.get("_xsrf", path=f"/user/{self.name}/")
        return {"X-XSRFToken": token or "", "Referer": f"{self.base}/lab"}

    def run(self, code, folder):
        """Run code in a kernel whose working folder is the page's, as a page does."""
        self.session.get(f"{self.base}/lab")
        kernel = self.session.post(
            f"{self.base}/api/kernels", headers=self.headers(),
            json={"name": "python3", "path": f"{folder}/00_start_here.ipynb"},
        )  # fmt: skip
        assert kernel.status_code == 201, kernel.text
        cookies = "; ".join(
            f"{cookie.name}={cookie.value}"
            for cookie in self.session.cookies
            if f"/user/{self.name}/".startswith(cookie.path)
        )
        address = f"{self.base}/api/kernels/{kernel.json()['id']}/channels"
        line = websocket.create_connection(
            address.replace("http://", "ws://"), cookie=cookies, timeout=90, origin=self.hub
        )
        head = {"msg_id": uuid.uuid4().hex, "msg_type": "execute_request", "session": "s",
                "username": "", "version": "5.3", "date": ""}  # fmt: skip
        line.send(json.dumps({
            "header": head, "parent_header": {}, "metadata": {}, "channel": "shell",
            "content": {"code": code, "silent": False, "store_history": False,
                        "user_expressions": {}, "allow_stdin": False},
        }))  # fmt: skip
        printed = ""
        while True:
            said = json.loads(line.recv())
            if said["parent_header"].get("msg_id") != head["msg_id"]:
                continue
            if said["msg_type"] == "stream":
                printed += said["content"]["text"]
            if said["msg_type"] == "error":
                raise AssertionError("\n".join(said["content"]["traceback"]))
            if said["msg_type"] == "execute_reply":
                line.close()
                return printed


def test_two_learners_open_a_link_and_save_a_row_each(hub, repository, tmp_path):
    link = (
        f"/hub/user-redirect/git-pull?repo={quote(repository.as_uri(), safe='')}&branch=main"
        "&urlpath=lab%2Ftree%2Frepository%2Fnotebooks%2F00_start_here.ipynb"
    )
    secret = {name: f"Person {secrets.token_hex(4)}" for name in ("alice", "bob")}
    learners = {name: Learner(hub, name, tmp_path) for name in secret}
    for name, learner in learners.items():
        learner.open(link)
        printed = learner.run(
            "import ii_helpers as ii\nwb = ii.open_workbook()\n"
            f"wb.contacts.append(name={secret[name]!r})\n"
            "print([row.name for row in wb.contacts.rows()])",
            "repository/notebooks",
        )
        assert printed.strip() == str([secret[name]])
    for name, learner in learners.items():
        other = next(n for n in secret if n != name)
        log = "repository/data/log/contacts.csv"
        own = learner.session.get(f"{learner.base}/api/contents/{log}")
        assert secret[name] in own.json()["content"] and secret[other] not in own.text
        page = learner.session.get(f"{learner.base}/api/contents/repository/notebooks")
        assert "00_start_here.ipynb" in page.text
        for path in (f"api/contents/{log}", "api/kernels", "lab"):
            seen = learner.session.get(f"{hub}/user/{other}/{path}")
            assert secret[other] not in seen.text and f"/user/{other}/lab" not in seen.url
            assert seen.status_code in (403, 404) or "/hub/" in seen.url
