"""All tables in one import, so that migrations and commands see the whole schema."""

import forum.accounts.models
import forum.importers.models
import forum.mail
import forum.moderation.models
import forum.screening.models
import forum.threads.models
import forum.versions  # noqa: F401
