"""What a person owns and edits: projects, canvases, takes, assets, films. Owns the database; never loads a model."""
