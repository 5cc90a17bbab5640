"""The words by which people's runbooks are understood, in the languages that are known."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum

from drills.runbook.document import Section

_I = re.IGNORECASE


class Topic(StrEnum):
    """What a part of a runbook is about."""

    SEVERITY = "severities"
    ROLES = "roles"
    CONTACTS = "contacts"
    RECORD = "record"
    DRILLS = "drills"
    EVIDENCE = "evidence"
    NONE = ""


# By the heading; the first that fits.
_TOPICS = {
    Topic.RECORD: r"\bincident (record|report)\b|\b(record|report)\b.*\b(template|form)|"
    r"\btemplate\b|post-?mortem|protokoll|vorlage|plantilla|registro",
    Topic.DRILLS: r"\bdrills?\b|game ?days?\b|\bexercises?\b|übung|simulacro|ensayo",
    Topic.SEVERITY: r"severit|classification|priorit[yi]|schweregrad|einstufung|severidad|"
    r"prioridad|gravedad",
    Topic.CONTACTS: r"\bcontacts?\b( list)?$|\bcontact (list|info)|escalation|who to call|"
    r"kontakt|wen anrufen|eskalation|"
    r"contactos?\b|teléfono|escalado",
    Topic.ROLES: r"\broles?\b|responsibilit|response team|rollen|zuständig|rolle\b|equipo|"
    r"responsables",
    Topic.EVIDENCE: r"troubleshooting tools|\bcollect\b|log collection|diagnostics|evidence|"
    r"diagnose|diagnóstico",
}
FIRST = re.compile(r"^(primary|first|owner|lead|who|person|erste[rn]?|haupt|titular|principal)", _I)
DEPUTY = re.compile(r"^(backup|deputy|secondary|stand-?in|vertret|stellv|suplente|reserva)", _I)
DUTIES = re.compile(r"^(responsib|duties|tasks|does|aufgaben|tareas|responsabilidad)", _I)
ROLE = re.compile(r"^(role|rolle|rol|function|funktion|función)\b", _I)
LEVEL = re.compile(r"\b(P[0-5]|SEV[- ]?[0-5]|S[1-5]|Prio(?:rity|rität|ridad)? ?[0-5])\b", _I)
LEVEL_COLUMN = re.compile(r"^(sev|prio|level|schwere|stufe|gravedad|nivel)", _I)
GRADES = re.compile(
    r"\b(critical|major|high|medium|moderate|minor|low|kritisch|hoch|mittel|niedrig|gering|"
    r"crítica?|alta?|media?|baja?)\b",
    _I,
)
RESPONSE = re.compile(r"respon[sd]|reaktion|respuesta|react|within|time|zeit|tiempo", _I)
MEANS = re.compile(r"^(definition|means|description|impact|meaning|bedeut|beschreib|auswirk|"
                   r"significa|descripci)", _I)  # fmt: skip
EXAMPLES = re.compile(r"^(example|beispiel|ejemplo)", _I)
TEAM = re.compile(r"^(response team|team|who responds|wer|equipo|quién)", _I)
TELLS = re.compile(r"^(communication|update|notif|kommunikation|meldung|comunicaci|aviso)", _I)
REACH = re.compile(r"phone|mobile|number|mail|reach|slack|contact|handle|telefon|nummer|erreich|"
                   r"teléfono|correo", _I)  # fmt: skip
NAME = re.compile(r"^(name|who|person|team|service|vendor|wer|nombre|contact|kontakt|quién)", _I)
EXTERNAL = re.compile(r"external|vendor|provider|third|extern|proveedor", _I)
UPDATED = re.compile(
    r"last (updated|reviewed|changed)|updated$|stand\b|aktualisiert|actualizad", _I
)
NEXT_REVIEW = re.compile(r"(next )?review( date| due)?$|nächste (prüfung|durchsicht)|"
                         r"(próxima )?revisión", _I)  # fmt: skip
NEXT_DRILL = re.compile(r"next (drill|exercise|game ?day)|nächste übung|próximo simulacro", _I)
CRITERIA = re.compile(r"success|criteria|pass|erfolg|kriteri|criterios|éxito", _I)
BOXES = {
    "impacts": re.compile(r"^(impact|auswirkung|impacto)", _I),
    "services": re.compile(r"^(affected|services|betroffen|servicios)", _I),
    "after": re.compile(
        r"^(post-?incident|after|follow|nachbereit|nach dem|después|acciones post)", _I
    ),
}
TICKS = {
    "down": re.compile(r"\bdown\b|outage|ausfall|caíd", _I),
    "degraded": re.compile(r"degrad|eingeschränkt|teilweise", _I),
    "slow": re.compile(r"perform|slow|langsam|lent", _I),
    "data": re.compile(r"\bdata\b|daten|datos", _I),
    "security": re.compile(r"secur|sicherheit|seguridad", _I),
}
_UNITS = {
    "min": re.compile(r"m(in(ute)?[sn]?)?|minutos?", _I),
    "h": re.compile(r"h(ours?|rs?)?|stunden?|horas?", _I),
    "business days": re.compile(
        r"(business|working) days?|(werk|arbeits)tage?n?|d[ií]as? (h[áa]bil|labor)\w*", _I
    ),
    "days": re.compile(r"d|days?|tage?n?|d[ií]as?", _I),
    "months": re.compile(r"months?|monate?n?|mes(es)?", _I),
    "weeks": re.compile(r"weeks?|wochen?|semanas?", _I),
}  # fmt: skip
_SPAN = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s*"
    r"((?:business|working) days?|d[ií]as? (?:h[áa]bil|labor)\w*|[a-zäí]+)",
    _I,
)
_NAMED_DAY = re.compile(
    r"(?:(\d{1,2})\.?\s+(?:de )?)?([a-zäé]{3,})\.?\s+(?:(\d{1,2}),\s+)?(?:de )?(\d{4})", _I
)
_OFTEN = {
    "1 h": re.compile(r"\bhourly|every hour|stündlich|cada hora", _I),
    "24 h": re.compile(r"\bdaily|once a day|every day|täglich|diari", _I),
}
_MONTHS = ("jan ene", "feb", "mar mär", "apr abr", "may mai", "jun", "jul", "aug ago", "sep",
           "oct okt", "nov", "dec dez dic")  # fmt: skip


_ASCII = dict(
    zip("äöüßáéíóúñ'’", ("ae", "oe", "ue", "ss", "a", "e", "i", "o", "u", "n", "", ""), strict=True)
)


def topic_of(section: Section) -> Topic:
    """What a section is about, by its heading or else by those above it."""
    above: Section | None = section
    while above is not None and above.depth:
        for topic, words in _TOPICS.items():
            if re.search(words, above.name, _I):
                return topic
        above = above.parent
    return Topic.NONE


def level_in(text: str) -> str:
    """The severity that a text names: ``P1``, ``SEV-2``; else a grade such as ``critical``."""
    if found := LEVEL.search(text):
        return found[1].upper().replace(" ", "-")
    grade = GRADES.search(text)
    return slug(grade[1]) if grade else ""


def span_in(text: str) -> str:
    """The first span of time in a text, as this framework writes it; "" where there is none."""
    for found in _SPAN.finditer(text):
        for unit, words in _UNITS.items():
            if words.fullmatch(found[2]):
                one = float(found[1]) == 1
                return f"{found[1]} {unit[:-1] if one and unit[-1] == 's' else unit}"
    return ""


def often_in(text: str) -> str:
    """How often somebody is told: of ``hourly``, ``every 30 minutes``; "" where nobody says."""
    for span, words in _OFTEN.items():
        if words.search(text):
            return span
    every = re.search(r"(every|alle|cada) (.*)", text, _I)
    return span_in(every[2]) if every else ""


def day_in(text: str) -> date | None:
    """A date of a text: a day, or the last one of a month; None where there is none."""
    if iso := re.search(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text):
        return _day(int(iso[1]), int(iso[2]), int(iso[3] or 0))
    if dotted := re.search(r"(\d{1,2})\.(\d{1,2})\.(\d{4})", text):
        return _day(int(dotted[3]), int(dotted[2]), int(dotted[1]))
    named = re.search(
        r"(?:(\d{1,2})\.?\s+(?:de )?)?([a-zäé]{3,})\.?\s+(?:(\d{1,2}),\s+)?(?:de )?(\d{4})",
        text,
        _I,
    )
    if named is None:
        return None
    month = next(
        (n for n, known in enumerate(_MONTHS, 1) if named[2].lower()[:3] in known.split()), 0
    )
    return _day(int(named[4]), month, int(named[1] or named[3] or 0))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        if day:
            return date(year, month, day)
        after = date(year + month // 12, month % 12 + 1, 1)
        return date.fromordinal(after.toordinal() - 1)
    except ValueError:
        return None


def slug(name: str) -> str:
    """A name as a key: ``read-replica-down``."""
    plain = name.lower()
    for letter, letters in _ASCII.items():
        plain = plain.replace(letter, letters)
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "unnamed"
