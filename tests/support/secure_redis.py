"""A real Redis that encrypts and knows one user, started as deploy/redis/start does."""

import subprocess
from pathlib import Path

from tests.support.certificates import Authority
from tests.support.redis_server import redis_binary
from tests.support.server import Server, free_port

ROOT = Path(__file__).parents[2]
PASSWORD = "another password of the tests"
ADMIN_PASSWORD = "of-the-one-who-may-do-everything"


class SecureRedis(Server):
    """Redis at `localhost` over TLS alone, with the user of deploy/redis/users.acl and one for the tests, `admin`."""

    def __init__(self, folder: Path, authority: Authority, *, wants_certificates: bool = False) -> None:
        self.port, self.authority, own = free_port(), authority, authority.sign("redis")
        self.password_file = folder / "password"
        users, bin_ = folder / "users.acl", folder / "bin"
        bin_.mkdir(parents=True)
        (bin_ / "redis-server").symlink_to(redis_binary())
        self.password_file.write_text(f"{PASSWORD}\n")
        users.write_text((ROOT / "deploy/redis/users.acl").read_text() + f"user admin on >{ADMIN_PASSWORD} ~* +@all\n")
        environ = [f"TMPDIR={folder}", f"REDIS_PASSWORD_FILE={self.password_file}", f"REDIS_USERS={users}", f"PATH={bin_}:/usr/bin:/bin"]
        tls = ["--port", "0", "--tls-port", str(self.port), "--tls-cert-file", str(own.certificate), "--tls-key-file", str(own.key)]
        tls += ["--tls-ca-cert-file", str(authority.certificate), "--tls-auth-clients", "yes" if wants_certificates else "no"]
        start = [str(ROOT / "deploy/redis/start"), *tls, "--dir", str(folder), "--bind", "127.0.0.1"]
        super().__init__(folder, ["/usr/bin/env", *environ, *start])

    def settings(self, **other: str) -> dict[str, str]:
        """Return the variables of a process that signs in as `tsuide`."""
        return {
            "REDIS_URL": f"rediss://localhost:{self.port}/0",
            "REDIS_USERNAME": "tsuide",
            "REDIS_PASSWORD_FILE": str(self.password_file),
            "REDIS_SSL_CA_FILE": str(self.authority.certificate),
        } | other

    def answers(self) -> bool:
        """Return whether it says that it is ready; it shuts the door to everybody unknown."""
        return self.log.exists() and "Ready to accept connections" in self.log.read_text(errors="replace")

    def ask(self, *command: str) -> str:
        """Return what redis-cli prints for a command of the admin's."""
        address = ["-h", "localhost", "-p", str(self.port), "--tls", "--cacert", str(self.authority.certificate)]
        user = ["--user", "admin", "--pass", ADMIN_PASSWORD, "--no-auth-warning"]
        return subprocess.run(["redis-cli", *address, *user, *command], capture_output=True, text=True, timeout=30, check=True).stdout
