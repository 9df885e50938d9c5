"""Every column that holds text, by the check that a text in it went through before a minor can read it."""

# Through `free_text.for_minor`, or `for_readers` where a minor may be among the readers.
FOR_MINOR = (
    "booking.why campaign.summary campaign.title device_thanks.words group_post.text group_post.title "
    "group_session.why group_session.words group_task.details group_task.title handover_point.name "
    "internet_batch.sponsor material.beware material.text material.title room.summary room.title "
    "identity_provider.label queue_desk.label queue_service.label "
    "published_answer.answer published_answer.problem published_answer.folded published_answer.folded_title "
    "published_answer.reason "
    "ready_phrase.text helper_note.next_time helper_note.worked "
    "class_claim.reason class_letter.text class_work.note unit.paused_why written_answer.words"
)

# As messages are: detector, recent talk and risk over time (rooms/messages/screening.py, risking.py).
AS_MESSAGES = (
    "feedback.words message.folded message.text message_original.sealed message_version.text picture_marks.shapes"
)

# Names, by the rules of safety/names.py and accounts/names/commands.py, each read together with those before it.
NAMES = (
    "former_name.address_form former_name.called_name former_name.full_name hours_paper.called_name "
    "user.called_name user.full_name user.name_words"
)

# Through `without_private` alone. A child or its family asks or complains here, and may have to repeat what was
# said to it; or staff give a reason for what they did, which the audit keeps.
PRIVATE = (
    "act_appeal.answer act_appeal.words added_words.words appeal.answer appeal.words report_case.reply "
    "desk_act.undone_words desk_act.words device_handover.note device_offer.words device_thanks.said "
    "guardian.named handover_point.address help_request.words request_step.why room.lock_reason "
    "seat.mute_reason"
)

# Shipped with the site, or published by a second editor; counted by the site itself.
EDITED = (
    "half_year.figures half_year.name lesson.facts lesson.outline lesson.texts lesson_path.texts "
    "lesson_proposal.text lesson_published.text lesson_search.body lesson_search.folded "
    "lesson_search.folded_aliases lesson_search.folded_title lesson_search.keys lesson_search.title "
    "lesson_search.title_keys lesson_step.texts lesson_synonym.means lesson_synonym.term "
    "quiz_question.body skill.names"
)

# Written by administrators and coordinators of a place, each change in the audit.
OFFICE = (
    "kept_change.after kept_change.before kept_change.name kept_change.reason kept_value.name "
    "kept_value.value letterhead.above letterhead.addressee letterhead.office letterhead.place "
    "letterhead.recipients letterhead.signer letterhead.symbol "
    "site_logo.data unit.duty_phone unit.form unit.link_hosts unit.name unit.name_words unit.path unit.sort "
    "year_end.school_year year_end_class.name"
)

# Spoken: a second person listens before anyone else hears it.
HEARD = (
    "sentence_recording.aac sentence_recording.opus step_recording.aac step_recording.opus "
    "voice_note.aac voice_note.opus voice_note.peaks "
    "waiting_voice_note.aac waiting_voice_note.opus waiting_voice_note.peaks"
)

# Made by the site of what was checked where it was typed.
MADE = (
    "calendar_entry.ref lesson.answers lesson.recordings message.found notice.params notice.say notice_delivery.letter "
    "offer.reasons report_case.reasons round_line.because round_line.why"
)

# Read by nobody under 18 but who typed it.
OWN = (
    "data_request.answer data_request.file data_request.words disclosure.sealed help_request.device "
    "help_request.times "
    "lesson_attempt.answer lesson_taught_back.line notebook_entry.about_sealed notebook_entry.code_sealed "
    "notebook_entry.once practice_run.events practice_run.pointed practice_run.result practice_run.screen "
    "quiz_try.answers quiz_try.questions user.address_form weekly_hours.free"
)

# Read by grown-ups alone.
GROWN = (
    "spoken_answer.aac spoken_answer.opus spoken_answer.peaks "
    "audit_row.facts audit_row.reason breach.categories breach.measures breach.reason breach.what "
    "circle_answer.folded circle_answer.hidden_why circle_answer.text circle_topic.folded "
    "circle_topic.folded_title circle_topic.hidden_why circle_topic.text circle_topic.title "
    "api_token.label webhook.url webhook_delivery.body "
    "claim_check.note content_note.file content_note.say desk_act.was device.accessories device.model "
    "device_handover.accessories device_handover.condition device_loan.accessories_back device_move.note "
    "device_move.why device_need.although device_need.said device_offer.donor_name device_offer.missing "
    "device_offer.said device_wipe.checks device_wipe.method device_wipe.note due_work.last_error "
    "due_work.payload evidence.sealed factor_reset.reason guardian.contact_sealed guardian.relation "
    "helped_session.struck_reason hours_paper.revoked_reason lesson_proposal.note "
    "lesson_proposal.review_note lesson_search_miss.words notice_delivery.why opened_reading.reason "
    "report.words report_case.acts report_case.family_words report_case.target report_case.words "
    "training_session.place "
    "class_line.called class_line.full_name_sealed class_line.mark class_list_basis.agreement "
    "class_list_basis.basis class_list_draft.rows_sealed "
    "class_claim.relation sentence_recording.note "
    "training_session.title training_session.why training_session.words unit_import.counts "
    "unit_import.faults unit_import.file_name unit_import.text visit.address_sealed visit.done_words "
    "visit.said visit.times visit.words welfare_act.who weekly_round.dropped weekly_round.excluded weekly_round.pins "
    "weekly_round.weights"
)

# Codes, keys, digests and choices of a list: nobody types a sentence there.
CODES = (
    "webhook.kinds webhook.secret_sealed webhook.old_secret_sealed webhook_delivery.cause webhook_delivery.kind "
    "webhook_delivery.message_id api_token.scopes api_token.token_hash api_write.key_hash api_write.request_hash "
    "acknowledgement.code acknowledgement.lessons attendance.sid audit_row.action audit_row.seal "
    "audit_row.target booking.topic calendar_entry.digest calendar_entry.kind calendar_feed.token_hash "
    "campaign.code circle_topic.lesson_slug claim_check.claim claim_check.wording conduct_yes.text_hash "
    "conduct_yes.text_version class_card.code_mark class_claim.assents class_claim.consents class_claim.once "
    "consent.channel consent.purpose consent.text_hash consent.text_version device.code device.imei_mark "
    "device.imei_sealed device.serial_mark device.serial_sealed device_handover.number_sealed "
    "device_handover.record disclosure.place device_move.from_state device_move.to_state device_offer.story_code "
    "class_line.role class_list_draft.kind class_work.target year_end_move.state_was "
    "sentence_recording.lang sentence_recording.sentence sentence_recording.step_id "
    "step_recording.lang step_recording.parts step_recording.step_id step_recording.text_digest "
    "due_work.key due_work.kind due_work.lease figure.key figure.measure group_session.topic "
    "help_request.lesson_slug help_request.outcome help_request.topic helped_session.topic "
    "hours_paper.token_mark hours_paper.token_sealed hours_paper.topics internet_batch.report_code "
    "internet_voucher.code_mark internet_voucher.code_sealed join_code.code lesson.content_hash "
    "lesson.picture lesson.slug lesson_attempt.checkpoint_id lesson_attempt.id lesson_attempt.step_id "
    "lesson_path.hue lesson_path.picture lesson_path.slug "
    "lesson_progress.step_id lesson_proposal.base_hash lesson_proposal.lesson_slug "
    "site_logo.digest site_setup.language site_setup.link_digest site_setup.opened_digest site_setup.browser_digest "
    "site_setup.admin_code_digest backup_key.recipient backup_key.part_digest "
    "lesson_proposal.step_id lesson_published.base_hash lesson_published.lesson_slug lesson_search.lang "
    "lesson_search_miss.lang lesson_sign.lesson_slug lesson_sign.place lesson_sign.step_id "
    "lesson_step.step_id lesson_step_done.step_id live_socket.sid material.code material.lesson_slug "
    "message.client_id message.lesson_slug muted_topic.topic notice.key notice.path notice_choices.picked "
    "notice_delivery.channel notice_trouble.channel notice_trouble.mark offer_picture.file outage.way picture.name "
    "picture_marks.client_id practice_run.digest practice_run.id practice_run.scenario "
    "push_place.browser_mark push_place.endpoint_mark push_place.endpoint_sealed push_place.keys_sealed "
    "queue_service.picture queue_ticket.token walk_in_queue.display_code "
    "walk_in_queue.door_code walk_in_queue.screen_code "
    "published_answer.step_id published_answer.step_digest "
    "quiz_question.question_id recovery_code.code_hash report.marks request_step.from_state "
    "request_step.to_state reset_code.code_hash risk_point.kind room.lesson_slug room.next_lesson "
    "room.step_id room.topic room_call.answerer_line room_call.asker_line round_line.starts "
    "second_factor.pending second_factor.sealed sign_in.device sign_in.token_hash skill.id "
    "step_feedback.id step_feedback.step_id text_number.nonce text_number.number_mark text_sent.key "
    "tombstone.mark training_assignment.track training_attendance.track training_session.track unit.code "
    "unit.school_year user.email_mark user.email_sealed user.language user.password_hash user.phone_mark "
    "user.phone_sealed user.username visit.lesson_slug visit.number_sealed visit.topic "
    "visit_offer.lesson_slug visit_offer.topic waiting_picture.client_id waiting_picture.name "
    "waiting_voice_note.client_id welfare.kept_from "
    "withdrawal.purpose identity_provider.code identity_provider.issuer identity_provider.client_id "
    "identity_provider.client_secret_sealed identity_provider.domains identity_link.subject_sealed "
    "identity_link.identity_mark provider_session.session_mark spent_token.mark"
)

GROUPS = {
    "FOR_MINOR": frozenset(FOR_MINOR.split()),
    "AS_MESSAGES": frozenset(AS_MESSAGES.split()),
    "NAMES": frozenset(NAMES.split()),
    "PRIVATE": frozenset(PRIVATE.split()),
    "EDITED": frozenset(EDITED.split()),
    "HEARD": frozenset(HEARD.split()),
    "OFFICE": frozenset(OFFICE.split()),
    "MADE": frozenset(MADE.split()),
    "OWN": frozenset(OWN.split()),
    "GROWN": frozenset(GROWN.split()),
    "CODES": frozenset(CODES.split()),
}

# The module through which a text of `FOR_MINOR` comes in: it calls the check.
DOORS = {
    "published_answer": "published_answers/text_rules.py",
    "published_answer.reason": "published_answers/releases.py",
    "ready_phrase": "rooms/ready_phrases/commands.py",
    "helper_note": "rooms/helper_notes/commands.py",
    "group_post": "groups/announcements/commands.py",
    "group_task": "groups/tasks/commands.py",
    "group_session": "pairing/group_sessions/commands.py",
    "written_answer": "pairing/fallbacks/commands.py",
    "room.title": "rooms/persistent_rooms/commands.py",
    "room.summary": "rooms/moderation/commands.py",
    "device_thanks": "devices/thanks/commands.py",
    "campaign": "campaigns/commands.py",
    "material": "campaigns/materials.py",
    "handover_point": "devices/handovers/commands.py",
    "internet_batch": "devices/vouchers/commands.py",
    "booking": "pairing/scheduling/commands.py",
    "unit": "community/pauses/commands.py",
    "class_claim": "community/class_cards/confirmation.py",
    "class_letter": "classes/letters/commands.py",
    "class_work": "classes/work/commands.py",
    "identity_provider": "openid/commands.py",
    "queue_desk": "queues/setup.py",
    "queue_service": "queues/setup.py",
}
