"""Who plays, and what is ordered."""

from dataclasses import dataclass, field

#: Logins the administrator hands out; for a demo on this machine only.
PASSWORDS = {"maria": "maria", "marc": "marc"}
ADMIN = ("admin", "admin")


@dataclass(frozen=True)
class Role:
    """A supplier.

    :param manner: which program plays it, see ``suppliers``.
    """

    name: str
    prefix: str
    manner: str


WOOD = Role("Wood Corner", "WC", "portal")
MAT = Role("Ready Mat", "RM", "webhook")
GEMINI = Role("Gemini Furniture", "GF", "flaky")
#: the one that is onboarded; before, nothing in Odoo knows it
NEW = Role("Lichtwerk GmbH", "LW", "portal")


@dataclass
class Order:
    """One purchase order of the scenario.

    :param lines: ``(internal reference, quantity)``.
    :param story: what will happen to it, in a few words.
    :param price: the price of its first line in the end, where the supplier changes it.
    :param days: by how many days its first line is promised later than asked.
    :param short: how much of its first line does not arrive.
    """

    supplier: Role
    lines: tuple[tuple[str, float], ...]
    story: str
    price: float | None = None
    days: int = 0
    short: float = 0.0
    id: int = 0
    number: str = ""
    asked: list[dict] = field(default_factory=list)  # the lines as confirmed


LAMP, SHADE = "LAMP-BRASS-45", "SHADE-LIN-30"
TOP, BOARD, SEAT = "TOP-OAK-160", "BOARD-WAL-120", "SEAT-BEE-35"


def plan() -> list[Order]:
    """The orders of the scenario, in the order in which they are placed."""
    return [
        *(
            Order(GEMINI, (("SOFA-2-BLUE", sofas), ("ARM-BLUE", chairs)), "supplier down, waited")
            for sofas, chairs in ((2, 4), (1, 2), (6, 12))
        ),
        Order(WOOD, ((TOP, 6),), "accepted"),
        *(
            Order(WOOD, ((TOP, tops), (BOARD, boards)), "unknown item code, mapped")
            for tops, boards in ((4, 20), (2, 36), (8, 24), (1, 60))
        ),
        Order(MAT, (("MAT-COIR-60", 4),), "accepted"),
        Order(MAT, (("RUNNER-GREY", 30),), "price held, date within tolerance", price=21.64, days=2, short=2),
        Order(MAT, (("MAT-RUB-80", 25),), "answered three times"),
        Order(MAT, (("MAT-LOGO-90", 12),), "first answer was garbage"),
    ]


def first_order() -> Order:
    """What is ordered from the new supplier once it is live."""
    return Order(NEW, ((LAMP, 12), (SHADE, 24)), "first order of a new supplier")


def encore() -> list[Order]:
    """What is left on the desk for who comes to look."""
    return [Order(WOOD, ((TOP, 3), (SEAT, seats)), "waits for you") for seats in (40, 16)]
