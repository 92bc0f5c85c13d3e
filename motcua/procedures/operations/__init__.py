"""Everything that can happen to the catalogue."""

from motcua.procedures.operations.drafts import (
    LARGEST,
    SavedMeanwhile,
    check_draft,
    clone,
    discard_draft,
    move_base,
    newest_version,
    propose,
    reject,
    save_draft,
    start_draft,
    start_from_content,
    start_from_folder,
    start_new,
    withdraw_proposal,
)
from motcua.procedures.operations.files import keep_package_file, template_files
from motcua.procedures.operations.importing import (
    BadPackage,
    Imported,
    count_filing,
    import_definition,
    import_folder,
    waiting,
)
from motcua.procedures.operations.publishing import (
    apply_due,
    approve,
    approve_rollback,
    cancel_publication,
    propose_rollback,
)
from motcua.procedures.operations.rehearsals import (
    ask_rehearsal,
    keep_rehearsal,
)
from motcua.procedures.operations.synonyms import (
    note_missed_query,
    remove_synonym,
    seed_synonyms,
    set_synonym,
)

__all__ = [
    "LARGEST",
    "BadPackage",
    "Imported",
    "SavedMeanwhile",
    "apply_due",
    "approve",
    "approve_rollback",
    "ask_rehearsal",
    "cancel_publication",
    "check_draft",
    "clone",
    "count_filing",
    "discard_draft",
    "import_definition",
    "import_folder",
    "keep_package_file",
    "keep_rehearsal",
    "move_base",
    "newest_version",
    "note_missed_query",
    "propose",
    "propose_rollback",
    "reject",
    "remove_synonym",
    "save_draft",
    "seed_synonyms",
    "set_synonym",
    "start_draft",
    "start_from_content",
    "start_from_folder",
    "start_new",
    "template_files",
    "waiting",
    "withdraw_proposal",
]
