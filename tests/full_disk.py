"""A full disk, as a process meets it: files that may not grow."""

from pathlib import Path
from subprocess import CompletedProcess

from commanding import Command

from scim_tests.errors import ExitCode

LIMITED = """\
import resource, runpy, sys
most, module = int(sys.argv[1]), sys.argv[2]
sys.dont_write_bytecode = True  # a module cut short would stay for all others
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
sys.argv = sys.argv[2:]
runpy.run_module(module, run_name="__main__")
"""


def limited(command: Command, folder: Path, most: int, *arguments: str) -> CompletedProcess[str]:
    """A command that may write no file longer than so many bytes."""
    (folder / "limited.py").write_text(LIMITED)
    return command(str(most), *arguments, module="limited")


def assert_told(done: CompletedProcess[str], name: str, *steps: str) -> None:
    """It ended with our error, in a sentence about that file that names these steps."""
    said = done.stdout + done.stderr
    assert done.returncode == ExitCode.OUR_ERROR, said
    assert f"{name} could not be written: File too large." in said
    assert not [bad for bad in ("Traceback", "OSError", "INTERNALERROR") if bad in said]
    assert [step for step in steps if step not in said] == []
