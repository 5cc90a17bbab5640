"""The parts of a Markdown text, each with the line that it stands on."""

from pathlib import Path
from textwrap import dedent

from drills.runbook.document import Document, parse


def of(text: str) -> Document:
    return parse(dedent(text).lstrip("\n"), Path("r.md"))


def test_sections_are_told_by_the_headings_above_them() -> None:
    """Whatever depths a file has; pictures and markup are no part of a name."""
    document = of("""
        before
        # 🔥 **Top** & more
        ### Deep `code`
        ## ⚠️ Less

        Set
        ---
    """)
    assert [(each.depth, each.path, each.line) for each in document.sections] == [
        (0, (), 1),
        (1, ("Top & more",), 2),
        (3, ("Top & more", "Deep code"), 3),
        (2, ("Top & more", "Less"), 4),
        (2, ("Top & more", "Set"), 6),
    ]
    assert document.paragraphs[0].section.depth == 0
    assert [each.line for each in document.below(document.sections[1])] == [2, 3, 4, 6]


def test_a_line_that_is_bold_as_a_whole_is_a_heading() -> None:
    """Two of them stand side by side, and the next real heading ends them."""
    document = of("""
        # Top

        **Step 1:**

        text

        **Step 2**

        **Note:** not this
        ## Next
    """)
    assert [(s.path, s.bold) for s in document.sections[1:]] == [
        (("Top",), False),
        (("Top", "Step 1"), True),
        (("Top", "Step 2"), True),
        (("Top", "Next"), False),
    ]


def test_blocks_of_code_know_each_line() -> None:
    """Fences of both kinds, in lists, indented, without an end; the block's indentation goes."""
    document = of("""
        1. do

           ```Bash title=x
           ls

             pwd
           ```

        ~~~
        a
        ~~~

        - tab

              indented

        ```sql
        SELECT
    """)
    told = [
        (b.language, b.first_line, b.last_line, b.closed, b.item and b.item.line, b.fenced)
        for b in document.code
    ]
    assert told == [
        ("bash", 3, 7, True, 1, True),
        ("", 9, 11, True, None, True),
        ("", 15, 15, True, 13, False),
        ("sql", 17, 18, False, None, True),
    ]
    assert [(line.number, line.text) for line in document.code[0].lines] == [
        (4, "ls"),
        (5, ""),
        (6, "  pwd"),
    ]
    assert document.code[2].lines[0].number == 15
    assert document.code[3].text == "SELECT"


def test_lists_keep_numbers_boxes_and_what_is_above() -> None:
    """An item says what is its own; a second paragraph belongs to it."""
    document = of("""
        1. **Ask** who

           more
           - [x] done
           - [ ] open
        1. next
        * [link](x)
    """)
    items = [(i.number, i.text, i.checked, i.line) for i in document.items]
    assert items == [
        (1, "Ask who\nmore", None, 1),
        (None, "done", True, 4),
        (None, "open", False, 5),
        (1, "next", None, 6),
        (None, "link", None, 7),
    ]
    assert document.items[1].parent is not None
    assert document.items[1].parent.line == 1


def test_tables_are_rows_of_cells() -> None:
    """With or without outer pipes, in a list or not; a pipe in a cell is escaped."""
    document = of(r"""
        Who | Phone
        ----|------
        **Ann** | `a \| b`
        Bob |

        x
    """)
    (table,) = document.tables
    assert table.header.cells == ("Who", "Phone")
    assert [(row.line, row.cells) for row in table.rows] == [
        (3, ("Ann", "a | b")),
        (4, ("Bob", "")),
    ]
    assert [(code.text, code.line) for code in document.inline] == [("a | b", 3)]


def test_labels_are_bold_keys_at_the_beginning_of_a_line() -> None:
    """Colon within or without, one a line, in items and quotes; bold within a text is none."""
    document = of("""
        > **Owner**: Ann
        > **Due:** May 2026

        A **word:** within

        - **Primary:** the *lead* of `x`
        - **🔥 Steps:**
    """)
    assert [(each.key, each.value, each.line) for each in document.labels] == [
        ("Owner", "Ann", 1),
        ("Due", "May 2026", 2),
        ("Primary", "the lead of x", 6),
        ("🔥 Steps", "", 7),
    ]
    assert document.labels[2].item is not None
    assert document.labels[0].item is None


def test_inline_code_knows_its_line_in_a_paragraph() -> None:
    """Also after a break, and after code that goes over a line."""
    document = of("""
        one `a` and
        two ``b
        c`` then `d`
        last `e`
    """)
    found = [(each.text, each.line) for each in document.inline]
    assert found == [("a", 1), ("b c", 2), ("d", 3), ("e", 4)]


def test_front_matter_is_no_part_of_the_text() -> None:
    """The lines after it keep their numbers."""
    document = of("""
        ---
        title: Disk
        ---
        # Disk
    """)
    assert [(each.key, each.value) for each in document.front_matter] == [("title", "Disk")]
    assert [(each.title, each.line) for each in document.sections] == [("", 1), ("Disk", 4)]
    assert document.paragraphs == ()
