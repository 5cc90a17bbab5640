"""What would mend a runbook, as a patch."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from drills.runbook.document import read
from drills.runbook.written.blocks import commands_of
from drills.runbook.written.patch import Known, mended, patch

KNOWN = Known(("nginx", "app", "postgres"))


@pytest.mark.parametrize(
    ("written", "why", "mends"),
    [
        ("sudo docker-compose restart app", "", "sudo docker compose restart app"),
        ("exec db psql -c 'x'", "no such role: root", "exec db psql -U postgres -c 'x'"),
        ("docker exec db psql -c 'x'", "", "docker exec db psql -c 'x'"),
        ("sudo systemctl status nginx", "", "sudo docker compose ps nginx"),
        ("sudo systemctl restart nginx", "", "sudo docker compose restart nginx"),
        ("sudo systemctl restart sshd", "", "sudo systemctl restart sshd"),
        ("sudo nginx -t", "", "sudo docker compose exec nginx nginx -t"),
        ("sudo tail -200 /var/log/nginx/error.log > x", "",
         "sudo docker compose logs --tail=200 nginx > x"),
        ("sudo docker stats", "", "sudo docker stats --no-stream"),
        ("curl http://localhost/x", "", "curl --fail http://localhost/x"),
        ("curl -I https://example.com", "", "curl -I https://example.com"),
        ("curl -I http://localhost/x", "answered 405 Method Not Allowed",
         "curl --fail --silent --show-error --output /dev/null http://localhost/x"),
        ("$ docker ps –a", "", "docker ps -a"),
    ],
)  # fmt: skip
def test_a_line_is_mended_where_it_is_known_how(written: str, why: str, mends: str) -> None:
    """And left alone where it is not."""
    assert mended(written, KNOWN, why) == mends


def test_it_is_a_patch_that_can_be_applied(tmp_path: Path) -> None:
    """Only lines of commands are in it; the file is not touched by printing it."""
    file = tmp_path / "runbook.md"
    text = "Use docker-compose here.\n\n```bash\n# docker-compose\ndocker-compose ps\ndate\n```\n"
    file.write_text(text)
    told = patch(file, commands_of(read(file)), KNOWN)
    assert file.read_text() == text
    subprocess.run(["patch", "-p1", "-s"], cwd=tmp_path, input=told.encode(), check=True)
    assert file.read_text() == text.replace("docker-compose ps", "docker compose ps")


def test_what_works_needs_no_patch(tmp_path: Path) -> None:
    """Then there is none."""
    file = tmp_path / "runbook.md"
    file.write_text("```bash\ndocker compose ps\n```\n")
    assert patch(file, commands_of(read(file)), KNOWN) == ""
