"""Links of rows that are written by the hundred thousand."""

from odoo import fields
from odoo.tools import SQL


class BulkLink(fields.Many2one):
    """A ``Many2one`` whose ``ondelete`` is kept by the table it points to alone.

    A foreign key asks for every row that is written whether the other one exists: of a price list of
    100,000 lines, a million questions, each about an id that the writer has just read. What is left of it
    here is the other half: when records are deleted, a trigger, once per statement, does what ``ondelete``
    says. Whoever writes such rows in bulk settles what was deleted in the same moment (``_drop_dead_links``).
    """

    def update_db_foreign_key(self, model, column):
        comodel = model.env[self.comodel_name]
        trigger = SQL.identifier(f"{model._table}_{self.name}_kept")
        model.env.cr.execute(
            SQL(
                """
            ALTER TABLE %(table)s DROP CONSTRAINT IF EXISTS %(key)s;
            CREATE OR REPLACE FUNCTION trade_bulk_link_keep() RETURNS trigger AS $keep$
            DECLARE
                used boolean;
            BEGIN
                IF to_regclass(TG_ARGV[0]) IS NULL OR NOT EXISTS (SELECT FROM gone) THEN
                    RETURN NULL;
                ELSIF TG_ARGV[2] = 'cascade' THEN
                    EXECUTE format('DELETE FROM %%I t USING gone WHERE t.%%I = gone.id',
                                   TG_ARGV[0], TG_ARGV[1]);
                ELSIF TG_ARGV[2] = 'set null' THEN
                    EXECUTE format('UPDATE %%1$I t SET %%2$I = NULL FROM gone WHERE t.%%2$I = gone.id',
                                   TG_ARGV[0], TG_ARGV[1]);
                ELSE
                    EXECUTE format('SELECT EXISTS (SELECT FROM %%I t JOIN gone ON t.%%I = gone.id)',
                                   TG_ARGV[0], TG_ARGV[1]) INTO used;
                    IF used THEN
                        RAISE foreign_key_violation USING
                            MESSAGE = format('a row of %%I is still used by %%I', TG_TABLE_NAME, TG_ARGV[0]),
                            TABLE = TG_ARGV[0], COLUMN = TG_ARGV[1],
                            CONSTRAINT = TG_ARGV[0] || '_' || TG_ARGV[1] || '_fkey';
                    END IF;
                END IF;
                RETURN NULL;
            END
            $keep$ LANGUAGE plpgsql;
            DROP TRIGGER IF EXISTS %(trigger)s ON %(comodel)s;
            CREATE TRIGGER %(trigger)s AFTER DELETE ON %(comodel)s REFERENCING OLD TABLE AS gone
                FOR EACH STATEMENT EXECUTE FUNCTION
                    trade_bulk_link_keep(%(name)s, %(column)s, %(ondelete)s)""",
                table=SQL.identifier(model._table),
                key=SQL.identifier(f"{model._table}_{self.name}_fkey"),
                trigger=trigger,
                comodel=SQL.identifier(comodel._table),
                name=model._table,
                column=self.name,
                ondelete=self.ondelete or "set null",
            )
        )
