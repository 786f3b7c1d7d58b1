"""QTI 2.1 and 3.0: packages of items with their pictures. One reader for both: the names of 3.0 are those of 2.1 in another dress.

Source: 1EdTech, Question and Test Interoperability 2.1 (2012) and 3.0 (2022), information model and best practice guides."""
