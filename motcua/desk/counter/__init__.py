"""The one-stop counter: dossiers entered for who stands there, intakes that wait, results that nobody has fetched."""
