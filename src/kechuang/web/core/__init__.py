"""What every app stands on: ids, errors, files, jobs, language and page tools."""
