-- A deleted namespace keeps its row: its revision goes on when its name is taken anew, and for 30 days only the account that
-- had it may take it.
ALTER TABLE namespaces ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'deleted'));
