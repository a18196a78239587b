-- A deleted namespace keeps its row: its revision goes on when its name is taken anew, and until it is known for how long
-- the name has been free, only the account that had it may take it.
ALTER TABLE namespaces ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'deleted'));
