"""Hatch's build hook: compiles the loops of ranking into the package, or leaves them out where nothing can compile them."""

import shlex
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

from Cython.Compiler.Main import CompilationOptions
from Cython.Compiler.Main import compile as to_c
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOOPS = "online_models/native"
# No contraction: a fused multiply-add rounds once where numpy rounds twice.
FLAGS = ["-shared", "-fPIC", "-O2", "-ffp-contract=off", "-DNDEBUG", "-w"]


class CompileLoops(BuildHookInterface):  # type: ignore[type-arg]
    """Puts a library beside each .pyx, in checkouts and in wheels."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile all of them or, with a warning, none."""
        folder, suffix = Path(self.root, LOOPS), sysconfig.get_config_var("EXT_SUFFIX")
        for old in folder.glob("*.so"):
            old.unlink()
        sources = sorted(folder.glob("*.pyx"))
        try:
            for source in sources:
                self._compile(source, source.with_suffix(suffix))
        except (OSError, subprocess.CalledProcessError) as error:
            for made in folder.glob("*.so"):
                made.unlink()
            said = getattr(error, "stderr", None) or str(error)
            self.app.display_warning(
                f"The loops of ranking are not compiled, so it runs on numpy and takes half as much CPU again:\n{said}"
            )
        else:
            build_data["pure_python"], build_data["infer_tag"] = False, True
            build_data["artifacts"] += [f"{LOOPS}/*.so"]

    def _compile(self, source: Path, library: Path) -> None:
        in_c = source.with_suffix(".c")
        options = CompilationOptions(language_level=3, output_file=str(in_c), include_path=[self.root])
        options.compiler_directives |= {"boundscheck": False, "wraparound": False, "initializedcheck": False, "cdivision": True}
        try:
            if to_c(str(source), options).num_errors:
                raise OSError(f"Cython refuses {source.name}")
            compiler = shlex.split(sysconfig.get_config_var("CC") or "cc")
            headers = sysconfig.get_path("include")
            subprocess.run(
                [*compiler, *FLAGS, f"-I{headers}", str(in_c), "-o", str(library), "-lm"], check=True, capture_output=True, text=True
            )
        finally:
            in_c.unlink(missing_ok=True)
