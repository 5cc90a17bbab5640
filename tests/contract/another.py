"""Another machine with an engine of its own: a privileged container, with nothing of this engine's.

It is asked over TLS or by ssh, at an address that is not of this host. All that it has is in an
anonymous volume, which goes with it.
"""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from docker import APIClient
from docker.errors import DockerException

from drills.errors import DrillError
from drills.stack.engines.engine import Engine
from drills.wait import until

TAG = os.environ.get("DRILLS_IMAGE_TAG", "latest")
IMAGE = f"incident-drills/engine:{TAG}"
SOON = 30.0
# Certificates of its own for whatever address it has, and a key that lets one customer in by ssh.
BEGIN = """
set -e
mkdir -p /certs /root/.ssh && cd /certs
new='-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes'
openssl req -x509 $new -days 2 -keyout ca-key.pem -out ca.pem -subj /CN=drills-test-ca
echo "subjectAltName = IP:$(hostname -i)" > extensions
for who in server client; do
    openssl req $new -keyout $who-key.pem -out $who.csr -subj /CN=drills-test-$who
    openssl x509 -req -in $who.csr -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 2 \
        -extfile extensions -out $who-cert.pem
done
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
ssh-keygen -q -t ed25519 -N '' -f id
cp id.pub /root/.ssh/authorized_keys
/usr/sbin/sshd
exec dockerd -H unix:///var/run/docker.sock -H tcp://0.0.0.0:2376 --tlsverify \
    --tlscacert ca.pem --tlscert server-cert.pem --tlskey server-key.pem \
    --bip 10.213.0.1/24 --default-address-pool base=10.214.0.0/16,size=24
"""
CONFIG = """
Host *
    User root
    IdentityFile {folder}/id
    IdentitiesOnly yes
    UserKnownHostsFile {folder}/known_hosts
"""


class Another:
    """The machine. ``folder`` is where the certificates that it gave out are kept."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._last_seen = ""
        self._here = APIClient()
        made = self._here.create_container(
            IMAGE,
            ["sh", "-c", BEGIN],
            name=f"drills-test-another-{uuid4().hex[:8]}",
            volumes=["/var/lib/docker"],
            host_config=self._here.create_host_config(
                privileged=True, network_mode="bridge", init=True
            ),
        )
        self._id = str(made["Id"])

    def __enter__(self) -> Self:
        try:
            self._here.start(self._id)
            networks = self._here.inspect_container(self._id)["NetworkSettings"]["Networks"]
            self.address = str(networks["bridge"]["IPAddress"])
            until(
                self._answers,
                awaited="the other engine answers",
                within=SOON,
                interval=0.1,
                last_seen=lambda: self._last_seen,
            )
        except BaseException:
            self._remove()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.client.close()
        self._remove()

    @property
    def by_tls(self) -> Mapping[str, str]:
        """The variables by which it is asked over TLS."""
        return {
            "DOCKER_HOST": f"tcp://{self.address}:2376",
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": str(self.folder),
        }

    @property
    def by_ssh(self) -> Mapping[str, str]:
        """Those by which it is asked by ssh, with a command that has this machine's settings."""
        command = self.folder / "bin" / "ssh"
        command.parent.mkdir(exist_ok=True)
        (self.folder / "config").write_text(CONFIG.format(folder=self.folder))
        command.write_text(f'#!/bin/sh\nexec /usr/bin/ssh -F {self.folder}/config "$@"\n')
        command.chmod(0o755)
        path = os.pathsep.join([str(command.parent), os.environ["PATH"]])
        return {"DOCKER_HOST": f"ssh://root@{self.address}", "PATH": path}

    def load(self, image: str) -> None:
        """Give it an image that this engine has."""
        load: Any = self.client.load_image  # the stubs do not type it
        load(b"".join(self._here.get_image(image)))

    def neighbour(self, image: str) -> str:
        """A container of somebody else's, which runs there."""
        made = self.client.create_container(image, ["sleep", "14400"], name="somebodys")
        self.client.start(made["Id"])
        return str(made["Id"])

    def things(self) -> dict[str, Any]:
        """All that is there: containers with their states, networks, volumes."""
        rows = self.client.containers(all=True)
        return {
            **{row["Id"]: self.client.inspect_container(row["Id"])["State"] for row in rows},
            "networks": sorted(row["Name"] for row in self.client.networks()),
            "volumes": sorted(row["Name"] for row in self.client.volumes()["Volumes"] or ()),
        }

    def _answers(self) -> bool:
        if not self._here.inspect_container(self._id)["State"]["Running"]:
            raise AssertionError(self._here.logs(self._id, tail=20))
        try:
            self._fetch()
            where = f"tcp://{self.address}:2376#{self.folder}"
            self.client = Engine(where, allow_remote=True).client(20)
            return bool(self.client.version())
        except (DrillError, DockerException, OSError) as error:  # it comes up
            self._last_seen = str(error)
            return False

    def _fetch(self) -> None:
        """What it gave out: its authority, a client's certificate and keys, and who it is."""
        given = {
            "/certs/ca.pem": "ca.pem",
            "/certs/client-cert.pem": "cert.pem",
            "/certs/client-key.pem": "key.pem",
            "/certs/id": "id",
            "/etc/ssh/ssh_host_ed25519_key.pub": "known_hosts",
        }
        for there, name in given.items():
            chunks, _ = self._here.get_archive(self._id, there)
            with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
                content = archive.extractfile(archive.getmembers()[0])
                assert content is not None
                text = content.read()
            file = self.folder / name
            file.write_bytes(f"{self.address} ".encode() + text if name == "known_hosts" else text)
            file.chmod(0o600)

    def _remove(self) -> None:
        self._here.remove_container(self._id, force=True, v=True)
        self._here.close()
