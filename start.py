#!/usr/bin/env python3
"""Start Kechuang with nothing but Python: makes the environment, prepares the city, runs web and worker.

    python3 start.py                 the running city on http://127.0.0.1:8000
    python3 start.py test [ARGS]     all tests            (ARGS go to pytest)
    python3 start.py campaign [ARGS] the long tests
    python3 start.py kechuang ...    the command line
    python3 start.py extras [NAMES]  optional parts: reports (charts and PDF), forecast (one more model); both unless named

Standard library only, and in old syntax, so that an old Python can still print one clear sentence.
Environment: KECHUANG_PORT, KECHUANG_HOME (data, default var/), DATABASE_URL, PIP_INDEX_URL and pip's own settings.
"""

import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(ROOT, ".venv")
EXTRAS = ("reports", "forecast", "prove")
PYTHON = os.path.join(VENV, "Scripts" if os.name == "nt" else "bin", "python")


def say(text):
    """Own words go to stderr; stdout belongs to what is run."""
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def stop(text):
    """End with one clear message."""
    say(text)
    raise SystemExit(1)


def digest(names):
    """Digest of the requirements, so that an unchanged environment is used as it is."""
    sha = hashlib.sha256(sys.version.encode())
    for name in names:
        with open(os.path.join(ROOT, "requirements", name + ".txt"), "rb") as handle:
            sha.update(handle.read())
    return sha.hexdigest()


def run(command, **options):
    """Run a command quietly; its output (stdout too) goes to stderr."""
    return subprocess.call(command, stdout=sys.stderr, **options) == 0


def make_venv():
    """A virtual environment, also where Debian left out ensurepip."""
    shutil.rmtree(VENV, ignore_errors=True)
    uv = shutil.which("uv")
    with open(os.devnull, "w") as quiet:
        made = subprocess.call([sys.executable, "-m", "venv", "--without-pip", VENV], stderr=quiet) == 0
    if not made and not (uv and run([uv, "venv", "--quiet", VENV])):
        shutil.rmtree(VENV, ignore_errors=True)
        stop(
            "不能建立 Python 环境。请先运行 / Cannot make a Python environment. First run:\n"
            "  apt-get install -y python3-venv python3-pip"
        )


def installer():
    """The command that installs into the environment: uv if present, else pip of the outer Python.

    Bytecode is written when a module is first used: most of what the libraries bring never is, and compiling it all takes
    longer than the rest of the installation.
    """
    uv = shutil.which("uv")
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", PYTHON]
    with open(os.devnull, "w") as quiet:
        if subprocess.call([sys.executable, "-m", "pip", "--version"], stdout=quiet, stderr=quiet) == 0:
            return [
                sys.executable,
                "-m",
                "pip",
                "-qq",
                "--python",
                PYTHON,
                "install",
                "--no-compile",
                "--disable-pip-version-check",
                "--no-warn-script-location",
            ]
        if subprocess.call([PYTHON, "-m", "ensurepip"], stdout=quiet, stderr=quiet) == 0:
            return [PYTHON, "-m", "pip", "install", "-qq", "--no-compile", "--disable-pip-version-check"]
    stop("没有找到 pip。请先运行 / pip was not found. First run:\n  apt-get install -y python3-pip")


def ensure_environment(names):
    """Install the pinned requirements once per lock digest."""
    stamp = os.path.join(VENV, "kechuang-" + "-".join(names) + ".stamp")
    wanted = digest(names)
    if os.path.exists(PYTHON) and os.path.exists(stamp):
        with open(stamp) as handle:
            if handle.read() == wanted:
                return
    began = time.time()
    say("正在准备运行环境（首次约一分钟）… / Preparing the environment (about a minute the first time) …")
    if not os.path.exists(PYTHON):
        make_venv()
    command = [*installer(), "--require-hashes"]
    wheelhouse = os.path.join(ROOT, "wheelhouse")
    if os.path.isdir(wheelhouse):
        command += ["--no-index", "--find-links", wheelhouse]
    for name in names:
        command += ["-r", os.path.join(ROOT, "requirements", name + ".txt")]
    if not run(command):
        stop(
            "依赖安装没有成功。请检查网络或 PIP_INDEX_URL，或把安装包放进 wheelhouse/ 再试。\n"
            "Installing the requirements failed. Check the network or PIP_INDEX_URL, or put the wheels "
            "into wheelhouse/ and try again."
        )
    site = subprocess.check_output([PYTHON, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"])
    with open(os.path.join(site.decode().strip(), "kechuang.pth"), "w") as handle:
        handle.write(os.path.join(ROOT, "src") + "\n")
    with open(stamp, "w") as handle:
        handle.write(wanted)
    say("环境就绪，用时 %.0f 秒 / Environment ready in %.0f s" % (time.time() - began, time.time() - began))


def serve():
    """Prepare the city, then run web and worker until Ctrl-C ends both."""
    environment = dict(os.environ)
    environment.setdefault("KECHUANG_DEMO", "1")
    port = environment.setdefault("KECHUANG_PORT", "8000")
    cli = [PYTHON, "-m", "kechuang.cli"]
    if subprocess.call([*cli, "up", "--prepare"], env=environment, stdout=sys.stderr) != 0:
        stop("城市没有准备好，原因见上。/ The city could not be prepared; the reason stands above.")
    children = [
        subprocess.Popen([*cli, "up", "--" + part], env=environment, stdout=sys.stderr) for part in ("web", "worker")
    ]

    def end(*_):
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGINT):  # a shell may start background jobs with SIGINT ignored
        signal.signal(number, end)
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
        say(
            "有一个进程停止了，全部结束。端口 %s 可能已被占用。/ A process stopped, ending all. "
            "Port %s may be in use (set KECHUANG_PORT)." % (port, port)
        )
        code = 1
    except KeyboardInterrupt:
        code = 0
    for child in children:
        if child.poll() is None:
            child.terminate()
    for child in children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            child.kill()
    return code


def main(arguments):
    """Dispatch the five commands."""
    if sys.version_info < (3, 11):
        stop(
            "需要 Python 3.11 或更新版本，现在是 %d.%d。/ Python 3.11 or newer is needed, this is %d.%d."
            % (sys.version_info[:2] * 2)
        )
    command = arguments[0] if arguments else "run"
    if command in ("test", "campaign"):
        # With the optional parts, so that what they bring is tested too.
        ensure_environment(["core", "test", "reports", "forecast"] + (["spark"] if command == "campaign" else []))
        chosen = (
            ["-m", "campaign"]
            if command == "campaign"
            else ["-m", "not campaign", "-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"]
        )
        return subprocess.call([PYTHON, "-m", "pytest", *chosen, *arguments[1:]], cwd=ROOT)
    if command == "kechuang":
        ensure_environment(["core"])
        return subprocess.call([PYTHON, "-m", "kechuang.cli", *arguments[1:]])
    if command == "extras":
        names = arguments[1:] or ["reports", "forecast"]
        wrong = [name for name in names if name not in EXTRAS]
        if wrong:
            stop(
                "没有可选组件 %s；有 %s。/ There is no optional part %s; there are %s."
                % (", ".join(wrong), "、".join(EXTRAS), ", ".join(wrong), ", ".join(EXTRAS))
            )
        ensure_environment(["core"])
        ensure_environment(["core", *names])
        say("可选组件已装好，重启后生效。/ The optional parts are in place; restart to use them.")
        return 0
    if command == "run":
        ensure_environment(["core"])
        return serve()
    say(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
