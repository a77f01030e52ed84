"""What a row of `seed/redirects.csv` may hold."""

from app.seeding.fields import PartialDate, Slug, Text
from app.seeding.record import Record


class Redirect(Record):
    """A company id that is retired, and the id that stands for it now."""

    old_id: Slug
    new_id: Slug
    date: PartialDate
    reason: Text
