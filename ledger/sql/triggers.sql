-- The books: balanced entry by entry, and never rewritten.
CREATE TRIGGER postings_are_balanced AFTER INSERT ON ledger_posting
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_check_postings();

CREATE TRIGGER journalentry_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_journalentry FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER posting_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_posting FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER balancetransaction_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_balancetransaction FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER hold_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_hold FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER holdevent_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_holdevent FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER seal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_seal FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER numbering_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_numbering FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

CREATE TRIGGER limitchange_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
ON ledger_limitchange FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse();

-- A check of the books that has ended is not rewritten.
CREATE TRIGGER a_run_ends_once BEFORE UPDATE ON ledger_verifyrun FOR EACH ROW
WHEN (OLD.ended_at IS NOT NULL) EXECUTE FUNCTION ledger_refuse();
