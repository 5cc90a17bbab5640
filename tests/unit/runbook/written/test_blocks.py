"""The commands of a runbook's blocks of code."""

from __future__ import annotations

from pathlib import Path

from drills.runbook.document import parse, read
from drills.runbook.written.blocks import commands_of
from drills.runbook.written.command import Command

FOUNDING = Path(__file__).parents[4] / "compose" / "runbook.md"


def commands(code: str, tag: str = "bash") -> list[Command]:
    return commands_of(parse(f"# Trouble\n\n```{tag}\n{code}\n```\n", Path("runbook.md")))


def texts(code: str, tag: str = "bash") -> list[str]:
    return [each.text for each in commands(code, tag)]


def test_the_founding_runbook_has_49_commands() -> None:
    """And three lines that only people can do; its form of an incident is no command."""
    found = commands_of(read(FOUNDING))
    assert sum(not each.people for each in found) == 49
    assert [each.text for each in found if each.people] == [
        "Edit the configuration: READ_REPLICA_URL -> DATABASE_URL",
        "Call the database specialist, or restore a backup",
        "NOBODY repairs anything without a specialist",
    ]
    assert not any(each.refused or each.notes for each in found)
    lines = FOUNDING.read_text("utf-8").splitlines()
    assert all(each.text.split("\n")[0] in lines[each.line - 1] for each in found)


def test_lines_are_taken_together_until_the_shell_takes_them() -> None:
    """A program between quotes, a pipe over lines, a here-document: one command each."""
    code = 'python -c "\nprint(1)\n"\ndocker ps |\n  wc\ncat <<E\na\nE\ndate'
    assert texts(code) == ['python -c "\nprint(1)\n"', "docker ps |\n  wc", "cat <<E\na\nE", "date"]
    assert [(each.line, each.last_line) for each in commands(code)][:2] == [(4, 6), (7, 8)]


def test_a_comment_is_the_name_of_the_step_below_it() -> None:
    """Also where the step holds something for people first."""
    (person, command) = commands("# Fail over\n# Update the config\ndocker compose restart app")
    assert (person.people, command.step) == (True, "Fail over")


def test_what_only_people_can_do_is_no_command() -> None:
    """It is found in comments that nothing follows, and in those that speak to people."""
    (found,) = commands("# Call the database specialist")
    assert (found.people, found.text) == (True, "Call the database specialist")


def test_a_block_for_another_shell_is_told() -> None:
    """As a whole, and for people: nobody here carries it out."""
    (found,) = commands("Get-Service\nRestart-Service x", "powershell")
    assert (found.people, found.line, found.last_line) == (True, 3, 6)


def test_a_question_to_the_system_is_no_call_for_people() -> None:
    """Though it is asked, or called."""
    found = commands(
        "# Ask for the replica\ncurl localhost/x\n# Call the endpoint\ncurl localhost/y"
    )
    assert [each.people for each in found] == [False, False]


def test_what_needs_a_value_is_not_run() -> None:
    """A placeholder, a name that nobody set; one that is set above may be used."""
    refused = [each.refused for each in commands("docker logs <POD>\nS=app\necho $S\necho $T")]
    assert refused == ["<POD> is a placeholder", "", "", "$T has no value"]


def test_what_no_shell_takes_is_not_run_and_nothing_after_it_is() -> None:
    """An open quote swallows what follows, as it would at a prompt."""
    (found,) = commands('echo "never closed\nrm -rf /')
    assert found.refused.startswith("no shell takes it for whole")


def test_a_form_is_never_a_command() -> None:
    """Whatever its block is tagged."""
    assert texts("INCIDENT ID: ______\ndate") == []
    assert texts("[ ] P1\ndate") == []
    assert texts("┌────┐\ndate") == []


def test_between_prompts_is_output() -> None:
    """In a block of whatever tag; blocks of other languages have no commands."""
    assert texts("$ docker ps\nCONTAINER ID\n$ date", "text") == ["docker ps", "date"]
    assert texts("SELECT 1;", "sql") == []
    assert texts("docker ps", "") == ["docker ps"]
    assert texts("status: open", "") == []


def test_inline_code_is_a_command_where_that_is_certain() -> None:
    """Where it is all that an item or a cell says; not within a sentence, and no mere name."""
    text = (
        "# T\n\n- `docker compose ps`\n- `app`\n- Look with `docker ps -a` first.\n"
        "- `kubectl get <POD>`\n\n"
        "| what | how |\n|---|---|\n| Look | `docker ps \\| wc` |\n| Name | `nginx` |\n"
    )
    found = commands_of(parse(text, Path("runbook.md")))
    assert [(each.line, each.text, each.step) for each in found] == [
        (3, "docker compose ps", ""),
        (6, "kubectl get <POD>", ""),
        (10, "docker ps | wc", "Look"),
    ]
    assert found[1].refused == "<POD> is a placeholder"


def test_a_section_is_chosen_by_its_words() -> None:
    """In any case, and with or without the s of a plural."""
    found = commands_of(read(FOUNDING), "database connection failure")
    assert [each.text.split()[2] for each in found] == ["logs", "exec", "restart", "exec", "exec"]
    assert commands_of(read(FOUNDING), "no such thing") == []
