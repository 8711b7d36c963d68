"""Getting the Lingma program: from where, the download, the archive, the shelf of versions."""
