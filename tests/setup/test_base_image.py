"""compose/setup/base_image.sh: present, else pulled, else built from the machine's own mirror."""

import pytest

from tests.setup.conftest import Machine


@pytest.fixture
def builder(ready_machine: Machine) -> Machine:
    """A Debian machine with an engine and a bootstrapper that keeps what it was told."""
    ready_machine.debian("bookworm", uri="http://mirror.test/debian/")
    ready_machine.command("mmdebstrap", "cat >bootstrap-sources")
    return ready_machine


def test_an_image_that_is_there_is_left_alone(ready_machine: Machine) -> None:
    """One look at the engine, and nothing is pulled or built."""
    ready_machine.has("images/debian")

    done = ready_machine.run("base_image.sh")

    assert (done.returncode, done.stderr) == (0, "")
    assert ready_machine.calls == ["docker image inspect debian:trixie-slim"]


def test_a_reachable_hub_is_asked_before_anything_is_built(builder: Machine) -> None:
    """A pull that works ends the matter."""
    builder.has("hub")

    done = builder.run("base_image.sh")

    assert done.returncode == 0, done.stderr
    assert builder.called("docker pull")
    assert not builder.called("mmdebstrap")


def test_without_a_hub_the_image_is_built_from_the_own_mirror(builder: Machine) -> None:
    """The bootstrapper reads this machine's mirror for trixie, and its tar becomes the image."""
    done = builder.run("base_image.sh")

    assert done.returncode == 0, done.stderr
    sources = (builder.root / "bootstrap-sources").read_text()
    assert "URIs: http://mirror.test/debian/\nSuites: trixie\nComponents: main\n" in sources
    (call,) = builder.called("docker import")
    assert call.endswith("base.tar debian:trixie-slim")


def test_nothing_temporary_stays_behind(builder: Machine) -> None:
    """The folder of the tar file is removed, whether the bootstrap succeeded or not."""
    builder.run("base_image.sh")
    builder.command("mmdebstrap", "exit 25")
    (builder.root / "images/debian").unlink()

    done = builder.run("base_image.sh")

    assert done.returncode != 0
    assert not list(builder.root.glob("tmp.*"))


def test_neither_hub_nor_debian_is_one_sentence(ready_machine: Machine) -> None:
    """Elsewhere the sentence names the image and what to do."""
    done = ready_machine.run("base_image.sh")

    assert done.returncode == 1
    assert "debian:trixie-slim is neither here nor can it be pulled" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        "Types: deb\nSigned-By: {keyring}\n",
        "deb [arch=amd64 signed-by={keyring}] http://m.test s main\n",
    ],
    ids=["deb822", "one line"],
)
def test_the_keyring_of_the_source_is_carried_over(builder: Machine, text: str) -> None:
    """Both formats of apt's sources may name a keyring of their own; it is used for trixie too."""
    keyring = builder.has("own-keyring.gpg")
    builder.has("apt/sources.list.d/own.sources", text.format(keyring=keyring))

    builder.run("base_image.sh")

    assert f"Signed-By: {keyring}\n" in (builder.root / "bootstrap-sources").read_text()


def test_the_image_gets_what_apt_needs_beyond_its_sources(builder: Machine) -> None:
    """A private keyring and a proxy of apt are copied into the new tree."""
    keyring = builder.has("own-keyring.gpg", "key")
    builder.has("apt/sources.list.d/own.sources", f"Signed-By: {keyring}\n")
    builder.command("apt-config", "echo 'Acquire::http::Proxy \"http://proxy.test:3128\";'")
    tree = builder.root / "tree"
    (tree / "etc/apt/apt.conf.d").mkdir(parents=True)

    done = builder.run("base_image.sh", "carry-apt-needs", str(tree))

    assert done.returncode == 0, done.stderr
    assert (tree / str(keyring).lstrip("/")).read_text() == "key"
    assert "proxy.test:3128" in (tree / "etc/apt/apt.conf.d/80proxy").read_text()
