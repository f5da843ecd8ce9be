"""What every command needs: console, whole files, jobs and where they run, seeds, matrices from files, intervals."""
